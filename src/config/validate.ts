import { readFile } from 'node:fs/promises'
import { type ErrorCode, type ErrorPlace, reportError, type WizardError } from '../base/errors.js'
import type { HintParts } from '../base/hint.js'
import { createRedactor } from '../base/redact.js'
import { type ConfigRequest, findFolder } from './locate/folder.js'
import { collect, findProblems } from './problems.js'
import { looksSecret } from './settings/flatten.js'

/** One thing that is wrong, as CONFIG VALIDATE tells it. */
export interface ConfigProblem extends Omit<ErrorPlace, 'file' | 'line' | 'column'> {
  code: ErrorCode
  /** Begins with `file:line:column` where it is about a file's text. */
  message: string
  hint: string | null
  /** The same as data, where it names commands or options. */
  remedy?: HintParts | undefined
  /** Absolute. */
  file: string | null
  line: number | null
  column: number | null
  /** The line of the file; null where there is none, or where it may hold a secret. */
  source: string | null
}

export interface Validation {
  valid: boolean
  /** The folder, absolute; null where there is none. */
  dir: string | null
  /** The files that were looked at, absolute. */
  files: string[]
  problems: ConfigProblem[]
}

/** Everything that is wrong in any of the files, in the environment and the flags. Sends no request. */
export async function validateConfig(request: ConfigRequest): Promise<Validation> {
  const found = await findProblems(request)
  const folder = await collect([], () => findFolder(request))
  const texts = new Map<string, Promise<string[]>>()
  const linesOf = (file: string) => {
    const known = texts.get(file) ?? readLines(file)
    texts.set(file, known)
    return known
  }
  const problems: ConfigProblem[] = []
  for (const error of found) problems.push(await problemOf(error, linesOf))
  const files = Object.values(folder?.files ?? {})
  return { valid: problems.length === 0, dir: folder?.dir ?? null, files, problems }
}

const hide = createRedactor()

const readLines = async (file: string) =>
  (await readFile(file, 'utf8').catch(() => '')).split(/\r?\n/)

async function problemOf(
  error: WizardError,
  linesOf: (file: string) => Promise<string[]>,
): Promise<ConfigProblem> {
  const nowhere = { file: null, line: null, column: null, key: null, nearest: null, source: null }
  const { code, message, hint, remedy } = reportError(error)
  const told = { code, message, hint, remedy }
  const { place } = error
  if (place === undefined) return { ...told, ...nowhere }
  const line = (await linesOf(place.file))[place.line - 1] ?? ''
  const key = place.key && hide(place.key)
  return { ...told, ...place, key, source: looksSecret(line) ? null : hide(line) }
}
