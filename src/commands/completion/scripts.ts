/*
 * Each calls `wizard COMPLETION --words`, which answers with a line that says what follows, and a
 * line for each candidate. No shell evaluates a candidate: bash gets it quoted, zsh and fish quote
 * it themselves.
 */

/** The shells, and what each one sources. */
export const scripts = {
  bash: String.raw`# Completion of wizard for bash 4 and later; it does not need bash-completion.
# wizard COMPLETION bash wrote it.

_wizard() {
  local line=\${COMP_LINE-} answer=() action=-f
  mapfile -t answer < <(command wizard COMPLETION --words bash \
    "\${line:0:\${COMP_POINT:-0}}" "\${COMP_WORDBREAKS-}" \
    "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null </dev/null)
  COMPREPLY=()
  case \${answer[0]-} in
    words)
      COMPREPLY=("\${answer[@]:1}")
      [[ \${#COMPREPLY[@]} == 1 && \${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
      ;;
    files | folders)
      [[ \${answer[0]} == folders ]] && action=-d
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen "$action" -P "\${answer[2]-}" -- "\${answer[1]-}")
      ;;
  esac
}

complete -F _wizard wizard
`.replaceAll('\\$', '$'),
  zsh: String.raw`#compdef wizard
# Completion of wizard for zsh. wizard COMPLETION zsh wrote it.

_wizard() {
  local -a answer values shown joined
  local line tab=$'\t'
  answer=("\${(@f)$(command wizard COMPLETION --words zsh \
    "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null </dev/null)}")
  case $answer[1] in
    files | folders)
      [[ $PREFIX == --*=* ]] && compset -P '--*='
      if [[ $answer[1] == folders ]]; then _files -/; else _files; fi
      ;;
    words)
      for line in "\${(@)answer[2,-1]}"; do
        values+=("\${line%%$tab*}")
        shown+=("\${line#*$tab}")
      done
      (( $#values )) || return 1
      # A value follows the = of an input.
      [[ -z \${(M)values:#*[^=]} ]] && joined=(-S '')
      compadd -l -d shown "\${(@)joined}" -M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]}' -a -- values
      ;;
    *)
      return 1
      ;;
  esac
}

if [[ $funcstack[1] == _wizard ]]; then
  _wizard "$@"
else
  compdef _wizard wizard
fi
`.replaceAll('\\$', '$'),
  fish: String.raw`# Completion of wizard for fish. wizard COMPLETION fish wrote it.

function __wizard_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -e words[1]
    set -l answer (command wizard COMPLETION --words fish $words "$current" </dev/null 2>/dev/null)
    set -l front (string match -r -- '^--[^=]+=' "$current")
    switch "$answer[1]"
        case words
            set -e answer[1]
            string join \n -- $answer
        case files
            string replace -r -- '^' "$front" (__fish_complete_path "$answer[2]")
        case folders
            string replace -r -- '^' "$front" (__fish_complete_directories "$answer[2]")
    end
end

complete -c wizard -f -a '(__wizard_complete)'
`,
}

export type Shell = keyof typeof scripts

export const shells = Object.keys(scripts) as Shell[]
