import { type HintWords, libraryWords } from '../base/hint.js'

/** How a person at a terminal, and a script, call commands and options. */
export const commandLineWords: HintWords = {
  command: libraryWords.command,
  option: ({ flag, value }) => (value === undefined ? `--${flag}` : `--${flag} ${value}`),
}
