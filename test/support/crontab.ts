/**
 * A program that keeps the crontab in `$HOME/tab`. It is as strict as Debian's, and shows CR in the
 * same way.
 */
export const fakeCrontab = `#!/bin/sh
tab="$HOME/tab"
case "$1" in
  -l) [ -f "$tab" ] || { echo "no crontab for $USER" >&2; exit 1; }
      sed 's/\\r/\\\\r/g' "$tab" ;;
  -e) $VISUAL "$tab" ;;
  -r) rm "$tab" ;;
  -) cat > "$tab.$$"
     [ -z "$(tail -c 1 "$tab.$$")" ] || {
       rm "$tab.$$"
       echo "new crontab file is missing newline before EOF, can't install." >&2
       exit 1
     }
     mv "$tab.$$" "$tab" ;;
esac
`
