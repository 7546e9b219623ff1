import type { Environment } from '../../base/environment.js'
import { oneLine, plainText } from '../../base/text.js'
import { type KnownNames, openNames } from '../../config/names/known-names.js'
import { nouns } from '../index.js'
import { type Completion, complete } from './request.js'
import { insertion, type ShellWord, splitLine, wordsOfArray } from './shell-words.js'
import type { Candidate } from './values.js'

interface Asker {
  env: Environment
  home: string
  cwd(): string
  cacheFolder(): string | null
}

/**
 * The answer to a script of `wizard COMPLETION`, which calls `wizard COMPLETION --words SHELL …`:
 * `words`, then a candidate a line; or `files` or `folders`, then the text to complete. Nothing
 * fails, and no request is sent: a configuration that can't be read has no names.
 *
 * @param argv the shell and the words behind `wizard`, the last of which is completed; of bash the
 *   line up to the cursor, COMP_WORDBREAKS and COMP_WORDS
 */
export async function answerShell([shell = '', ...rest]: string[], asker: Asker): Promise<string> {
  try {
    const words = shell === 'bash' ? fromBash(rest) : fromArray(rest)
    const plain = words.map((word) => word.text)
    const last = words.at(-1) ?? { text: '', quote: '', from: 0 }
    const found = await complete(nouns, plain, () => namesFor(plain, asker))
    return `${formatted(found, last, shell).join('\n')}\n`
  } catch {
    return ''
  }
}

/** What may take the place of the last word at a prompt of wizard's own; paths are left out. */
export async function wordsAtPrompt(words: string[], asker: Asker): Promise<string[]> {
  try {
    const found = await complete(nouns, words, () => namesFor(words, asker))
    return found.kind === 'words' ? found.candidates.filter(isSafe).map(({ value }) => value) : []
  } catch {
    return []
  }
}

const fromArray = (words: string[]): ShellWord[] => [
  ...words.slice(0, -1).map((text) => ({ text, quote: '' as const, from: 0 })),
  splitLine(words.at(-1) ?? '', '').at(-1) ?? { text: '', quote: '', from: 0 },
]

function fromBash([line = '', breaks = '', ...words]: string[]): ShellWord[] {
  const [, ...typed] =
    line === '' ? [null, ...wordsOfArray(words, breaks)] : splitLine(line, breaks)
  return typed as ShellWord[]
}

/** With the flags --config and --root, wherever they are. */
function namesFor(words: string[], { env, home, cwd, cacheFolder }: Asker): KnownNames {
  const valueBehind = (flag: string) => {
    const at = words.findIndex((word) => word === flag || word.startsWith(`${flag}=`))
    if (at === -1) return undefined
    return words[at]?.includes('=') ? words[at]?.slice(flag.length + 1) : words[at + 1]
  }
  const flags = { config: valueBehind('--config'), root: valueBehind('--root') }
  return openNames({ cwd: cwd(), env, home, flags }, cacheFolder)
}

function formatted(found: Completion, last: ShellWord, shell: string): string[] {
  if (found.kind !== 'words') return [found.kind, found.typed]
  const candidates = found.candidates.filter(isSafe)
  if (shell === 'bash')
    return ['words', ...candidates.flatMap(({ value }) => insertion(value, last) ?? [])]
  const column = Math.min(Math.max(...candidates.map(({ value }) => value.length), 0), 30)
  return [
    'words',
    ...candidates.map(({ value, about }) => {
      const text = oneLine(about, 80)
      if (shell === 'fish') return `${value}\t${text}`
      return `${value}\t${text === '' ? value : `${value.padEnd(column)}  -- ${text}`}`
    }),
  ]
}

/** Anybody may have written a name: one that a terminal would obey, or a flag, is left out. */
const isSafe = ({ value }: Candidate): boolean =>
  /^[\w./@:=-]{1,300}$/.test(value) || isHarmless(value)

const isHarmless = (value: string): boolean =>
  value !== '' && value.length <= 300 && !/[\t\n\r]/.test(value) && plainText(value) === value
