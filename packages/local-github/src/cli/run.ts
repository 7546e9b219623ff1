import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { isLoopback } from '../addresses.js'
import { GitFailure } from '../git/run.js'
import { type LocalGitHub, startLocalGitHub } from '../index.js'
import { UsageError } from './errors.js'
import { type CliOptions, parseOptions, type RepositoryOption } from './options.js'
import { addressesPage, addressesRecord, help } from './pages.js'

export interface CliIo {
  write(text: string): void
  writeError(text: string): void
  /** Aborted to end the command. */
  stop: AbortSignal
}

/**
 * Serves a GitHub until `stop`.
 *
 * @returns the exit status: 0, or 2 after a line that says what is wrong and a hint
 */
export async function run(argv: string[], io: CliIo): Promise<number> {
  try {
    const options = parseOptions(argv)
    if (options.help) io.write(help)
    else await serve(options, io)
    return 0
  } catch (error) {
    const { message, hint } = asUsageError(error)
    io.writeError(`error: ${message}\nhint: ${hint}\n`)
    return 2
  }
}

async function serve(options: CliOptions, { write, writeError, stop }: CliIo): Promise<void> {
  const { host, port, tokens, json } = options
  const github = await startLocalGitHub({ host, port, tokens })
  try {
    await fill(github, options)
    if (!isLoopback(host)) {
      writeError(`note: whoever reaches ${host} can read and write what is served there\n`)
    }
    write(json ? `${JSON.stringify(addressesRecord(github))}\n` : addressesPage(github))
    if (!stop.aborted) await once(stop, 'abort')
  } finally {
    await github.close()
  }
}

async function fill(github: LocalGitHub, options: CliOptions): Promise<void> {
  for (const login of options.owners) github.world.addAccount(login, 'Organization')
  for (const repository of options.repositories) await addRepository(github, repository)
  github.actions.finishAfter(options.runs.answers, { conclusion: options.runs.conclusion })
  for (const fault of options.faults) github.fail(fault)
}

async function addRepository(github: LocalGitHub, { name, path }: RepositoryOption): Promise<void> {
  if (path === undefined) {
    await github.addRepository(name)
    return
  }
  const found = await stat(path).catch(() => undefined)
  if (!found?.isDirectory()) {
    throw new UsageError(`${path} is no folder`, '--repo OWNER/NAME=PATH takes a folder or a clone')
  }
  await github.addRepository(name, { empty: true })
  await github.importFrom(name, path)
}

const hintsByCode: Record<string, string> = {
  EADDRINUSE: 'another --port, whose next three are free as well; without it, any that are free',
  EADDRNOTAVAIL: '--host takes an address of this machine',
  ENOTFOUND: '--host takes an address of this machine',
  EACCES: 'a --port of 1024 or more',
}

/** @throws errors that the caller did not cause */
function asUsageError(error: unknown): Pick<UsageError, 'message' | 'hint'> {
  if (error instanceof UsageError) return error
  if (error instanceof GitFailure) {
    const words = error.message.split('\n').at(-1) ?? error.message
    return { message: words, hint: 'the folder must be readable, and a clone be on a branch' }
  }
  if (!(error instanceof Error && 'code' in error)) throw error
  if (error.code === 'ENOENT' && 'path' in error && error.path === 'git') {
    return { message: 'git is not installed', hint: 'install git, which keeps the repositories' }
  }
  const hint = hintsByCode[`${error.code}`]
  if (hint === undefined) throw error
  return { message: error.message, hint }
}
