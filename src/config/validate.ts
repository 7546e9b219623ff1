import { readFile } from 'node:fs/promises'
import { reportError } from '../base/error-report.js'
import { type ErrorCode, type ErrorPlace, WizardError } from '../base/errors.js'
import type { HintParts } from '../base/hint.js'
import { looksSecret, maskCredentials } from '../base/redact.js'
import { readConfig } from './load.js'
import { type ConfigRequest, configFileNames, findFolder } from './locate/folder.js'
import { openFolder } from './locate/folder-source.js'

/** One error, in the format of CONFIG VALIDATE. */
export interface ConfigProblem extends Omit<ErrorPlace, 'file' | 'line' | 'column'> {
  code: ErrorCode
  /** Begins with `file:line:column` if it is about a file's text. */
  message: string
  hint: string | null
  /** The same as data, if it names commands or options. */
  remedy?: HintParts | undefined
  /** Absolute. */
  file: string | null
  line: number | null
  column: number | null
  /** The line of the file; null if there is none, or it may contain a secret. */
  source: string | null
}

export interface Validation {
  valid: boolean
  /** The folder, absolute; null if there is none. */
  dir: string | null
  /** The checked files, absolute. */
  files: string[]
  problems: ConfigProblem[]
  /** Files that could be the configuration too, and are not read, absolute. */
  passedOver: readonly string[]
}

/** Every error in the files, the environment and the flags. Sends no request. */
export async function validateConfig(request: ConfigRequest): Promise<Validation> {
  const found = await findProblems(request)
  const folder = await collectProblems([], () => findFolder(request))
  const texts = new Map<string, Promise<string[]>>()
  const linesOf = (file: string) => {
    const known = texts.get(file) ?? readLines(file)
    texts.set(file, known)
    return known
  }
  const problems: ConfigProblem[] = []
  for (const error of found) problems.push(await problemOf(error, linesOf))
  const files = folder?.single ? [folder.single] : Object.values(folder?.files ?? {})
  const passedOver = folder?.passedOver ?? []
  return { valid: problems.length === 0, dir: folder?.dir ?? null, files, problems, passedOver }
}

const readLines = async (file: string) =>
  (await readFile(file, 'utf8').catch(() => '')).split(/\r?\n/)

async function problemOf(
  error: WizardError,
  linesOf: (file: string) => Promise<string[]>,
): Promise<ConfigProblem> {
  const nowhere = { file: null, line: null, column: null, key: null, nearest: null, source: null }
  const { code, message, hint, remedy } = reportError(error)
  const report = { code, message, hint, remedy }
  const { place } = error
  if (place === undefined) return { ...report, ...nowhere }
  const line = (await linesOf(place.file))[place.line - 1] ?? ''
  const key = place.key && maskCredentials(place.key)
  return { ...report, ...place, key, source: looksSecret(line) ? null : maskCredentials(line) }
}

/** Every error in the files, separately. @throws errors that are not a WizardError */
export async function findProblems(request: ConfigRequest): Promise<WizardError[]> {
  const problems: WizardError[] = []
  const read = await collectProblems(problems, () => readConfig(request))
  if (read) {
    const { repos, components, webhooks, plugins } = read.config
    for (const one of [read.assertHosts, repos, components, webhooks, plugins]) {
      await collectProblems<unknown>(problems, one)
    }
    return problems
  }
  // The other files can be validated without github.yaml's values.
  const source = await collectProblems(problems, async () =>
    openFolder(await findFolder(request), request),
  )
  for (const name of configFileNames) {
    if (source && name !== 'github')
      await collectProblems<unknown>(problems, () => source.read(name))
  }
  return problems
}

/** Adds errors to the problems, each once. @throws errors that are not a WizardError */
export async function collectProblems<T>(
  problems: WizardError[],
  read: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof WizardError)) throw error
    const known = new Set(problems.map(({ message }) => message))
    for (const one of [error, ...error.details]) {
      if (!known.has(one.message)) problems.push(one)
      known.add(one.message)
    }
    return undefined
  }
}
