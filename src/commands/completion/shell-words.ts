/** A word of a command line as a POSIX shell splits it, without its quotes. */
export interface ShellWord {
  text: string
  /** The quote that it begins with and that is still open; `inside` for one further on. */
  quote: '' | "'" | '"' | 'inside'
  /** Characters of `text` up to the last one at which readline breaks words. */
  from: number
}

/**
 * The words of a command line up to the cursor; the last one is empty after a blank.
 *
 * @param breaks bash's COMP_WORDBREAKS: readline replaces only what is behind them
 */
export function splitLine(line: string, breaks: string): ShellWord[] {
  const words: ShellWord[] = []
  let word: ShellWord | null = null
  let quote = ''
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at)
    if (quote === '' && /\s/.test(char)) {
      if (word !== null) words.push(word)
      word = null
      continue
    }
    word ??= { text: '', quote: '', from: 0 }
    if (quote === char) {
      quote = ''
      word.quote = ''
    } else if (quote === '' && (char === "'" || char === '"')) {
      quote = char
      word.quote = word.text === '' ? char : 'inside'
    } else if (char === '\\' && quote !== "'") {
      at++
      const next = line.charAt(at)
      word.text += quote === '"' && !/["\\$`]/.test(next) ? `\\${next}` : next
    } else {
      word.text += char
      if (quote === '' && breaks.includes(char)) word.from = word.text.length
    }
  }
  return [...words, word ?? { text: '', quote: '', from: 0 }]
}

/**
 * The same of COMP_WORDS, in which bash makes words of their own of the characters at which it
 * breaks: `--config`, `=`, `x`.
 */
export function wordsOfArray(words: string[], breaks: string): ShellWord[] {
  const isBreak = (word: string | undefined) =>
    word !== undefined && word !== '' && [...word].every((char) => breaks.includes(char))
  const joined: string[] = []
  for (const [at, word] of words.entries()) {
    const before = words[at - 1]
    const last = joined.at(-1)
    const follows = isBreak(word) || isBreak(before)
    if (last !== undefined && follows) joined[joined.length - 1] = last + word
    else joined.push(word)
  }
  return joined.map((word) => splitLine(word, breaks).at(-1) ?? { text: '', quote: '', from: 0 })
}

/**
 * The text that bash puts in the place of `word`, in which nothing is expanded or executed; null
 * where the open quote can't hold the value.
 */
export function insertion(value: string, { quote, from }: ShellWord): string | null {
  const rest = value.slice(from)
  if (quote === 'inside') return null
  if (quote === "'") return rest.includes("'") ? null : rest
  // In double quotes an interactive bash still expands a `!`.
  if (quote === '"') return rest.includes('!') ? null : rest.replace(/["\\$`]/g, '\\$&')
  return rest.replace(/[^\w./@:=+,%^\u0080-\uffff-]/g, '\\$&')
}
