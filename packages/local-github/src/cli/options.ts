import { parseArgs } from 'node:util'
import type { Fault } from '../faults.js'
import type { RunEnd } from '../model/runs.js'
import { UsageError } from './errors.js'
import { parseFault } from './named-faults.js'

export interface RepositoryOption {
  /** `uDOS/typo` */
  name: string
  /** Its source: a folder, or a repository. */
  path?: string
}

export interface CliOptions {
  help: boolean
  json: boolean
  host: string
  /** 0: any free port. */
  port: number
  tokens: string[]
  owners: string[]
  repositories: RepositoryOption[]
  runs: { conclusion: NonNullable<RunEnd['conclusion']>; answers: number }
  faults: Fault[]
}

const flags = {
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
  host: { type: 'string' },
  port: { type: 'string' },
  token: { type: 'string', multiple: true },
  owner: { type: 'string', multiple: true },
  repo: { type: 'string', multiple: true },
  runs: { type: 'string' },
  fault: { type: 'string', multiple: true },
} as const

/** @throws UsageError */
export function parseOptions(argv: string[]): CliOptions {
  const { values, positionals } = parsed(argv)
  const [extra] = positionals
  if (extra !== undefined)
    throw new UsageError(`${JSON.stringify(extra)} is not expected`, hintOf(extra))
  const { help = false, json = false, host = '127.0.0.1', port = '0', runs = 'success:2' } = values
  const { token = ['ghp_local'], owner = [], repo = [], fault = [] } = values
  const repositories = repo.map(parseRepository)
  refuseTwice(repositories.map(({ name }) => name))
  return {
    help,
    json,
    host: host === 'localhost' ? '127.0.0.1' : host,
    port: parsePort(port),
    tokens: token.map(parseToken),
    owners: owner.map(parseOwner),
    repositories,
    runs: parseRuns(runs),
    faults: fault.map(parseFault),
  }
}

function parsed(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: flags, allowPositionals: true })
  } catch (error) {
    if (!(error instanceof TypeError && 'code' in error)) throw error
    const [what = error.message] = error.message.split(/[.,]\s/)
    throw new UsageError(what, 'npx local-github --help')
  }
}

const hintOf = (extra: string) =>
  /^[^/]+\/[^/]+$/.test(extra) ? `--repo ${extra}` : 'npx local-github --help'

const login = /^[A-Za-z\d](?:[A-Za-z\d]|-(?=[A-Za-z\d])){0,38}$/
const repositoryName = /^(?!\.{1,2}$)[\w.-]{1,100}$/

function parseOwner(text: string): string {
  if (login.test(text)) return text
  throw new UsageError(
    `${JSON.stringify(text)} is not an owner`,
    '--owner takes letters, digits and single hyphens',
  )
}

function parseRepository(text: string): RepositoryOption {
  const [, name = '', path] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? []
  const [owner = '', short = '', more] = name.split('/')
  if (!login.test(owner) || !repositoryName.test(short) || more !== undefined || path === '') {
    throw new UsageError(
      `${JSON.stringify(text)} is not OWNER/NAME or OWNER/NAME=PATH`,
      '--repo uDOS/typo=../typo',
    )
  }
  return path === undefined ? { name } : { name, path }
}

function refuseTwice(names: string[]): void {
  const keys = names.map((name) => name.toLowerCase())
  const twice = names.find((_, index) => keys.indexOf(keys[index] ?? '') !== index)
  if (twice !== undefined) throw new UsageError(`${twice} is there twice`, 'one --repo for each')
}

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_532) return port
  throw new UsageError(
    `${JSON.stringify(text)} is not a port`,
    '--port takes 1 to 65532: the next three are used too',
  )
}

function parseToken(text: string): string {
  if (/^[\x21-\x7e]+$/.test(text)) return text
  throw new UsageError('a token has no spaces', '--token ghp_local')
}

const conclusions = ['success', 'failure', 'cancelled', 'timed_out', 'skipped', 'neutral'] as const

/** `success`, `failure:5` */
function parseRuns(text: string): CliOptions['runs'] {
  const [, name, digits] = /^(\w+)(?::(\d{1,6}))?$/.exec(text) ?? []
  const conclusion = conclusions.find((known) => known === name)
  const answers = Number(digits ?? 2)
  if (conclusion !== undefined && answers > 0) return { conclusion, answers }
  const known = conclusions.join(', ')
  throw new UsageError(
    `${JSON.stringify(text)} is not a conclusion, or CONCLUSION:ANSWERS`,
    `one of ${known}`,
  )
}
