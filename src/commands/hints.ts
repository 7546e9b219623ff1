import { type HintWords, libraryWords } from '../base/hint.js'

/** Command-line names of commands and options, for people and scripts. */
export const commandLineWords: HintWords = {
  command: libraryWords.command,
  option: ({ flag, value }) => (value === undefined ? `--${flag}` : `--${flag} ${value}`),
}
