import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isScalar, parseDocument, stringify, visit } from 'yaml'
import { UsageError } from '../base/errors.js'
import { existsAt, readTextIfThere } from '../base/fs/read.js'
import { explain } from './schema/explain.js'
import { fileSchemas } from './schema/index.js'
import { rewrite } from './yaml/write.js'

export interface ConfigInitRequest {
  /** The folder of the files, absolute; created if missing. */
  dir: string
  owner: string | null
  /** An organisation or user whose repositories are kept up to date. */
  from: string | null
  /** `owner/repo`, each as its own entry, instead of one `from:` entry. */
  repositories: string[]
}

export interface Initialized {
  dir: string
  /** Absolute. */
  files: { file: string; status: 'written' | 'kept' }[]
  /** What was asked for, and is not in a file that was kept: `owner: uDOS`, with its file. */
  missing: { file: string; what: string }[]
}

/**
 * Writes github.yaml and repos.yaml. Existing files are kept, so it can be run again.
 *
 * @throws UsageError for a name that is invalid on GitHub, or a file in place of the folder;
 *   ConfigError if a file can't be written
 */
export async function initConfig({ dir, ...wanted }: ConfigInitRequest): Promise<Initialized> {
  const github = { github: wanted.owner === null ? {} : { owner: wanted.owner } }
  const repos = { repos: groupsOf(wanted) }
  const faulty = [
    fileSchemas.github.safeParse(github, { error: explain }),
    fileSchemas.repos.safeParse(repos, { error: explain }),
  ]
  for (const { error } of faulty) {
    if (error) throw new UsageError(error.issues[0]?.message ?? 'a name is wrong')
  }
  const texts = {
    'github.yaml': githubHead + (wanted.owner === null ? commented : stringify(github)),
    'repos.yaml': reposHead + stringify(repos),
  }
  if ((await existsAt(dir)) && !(await stat(dir)).isDirectory()) {
    throw new UsageError(`${dir} is not a folder`, { hint: 'name a folder for the files' })
  }
  const files: Initialized['files'] = []
  for (const [name, after] of Object.entries(texts)) {
    const file = join(dir, name)
    const isThere = await existsAt(file)
    if (!isThere) await rewrite({ path: file, before: null, after })
    files.push({ file, status: isThere ? 'kept' : 'written' })
  }
  const asked = {
    'github.yaml': wanted.owner === null ? [] : [`owner: ${wanted.owner}`],
    'repos.yaml': linesFor(wanted),
  }
  const missing = files
    .filter(({ status }) => status === 'kept')
    .flatMap(({ file }) => missingIn(file, asked[basename(file) as keyof typeof asked]))
  return { dir, files, missing }
}

const linesFor = ({ from, repositories }: Omit<ConfigInitRequest, 'dir'>): string[] => {
  if (repositories.length > 0) return repositories.map((full) => `repo: ${full.split('/')[1]}`)
  return from === null ? [] : [`from: ${from}`]
}

/** A file that was kept may say the same already, as after the same command. */
function missingIn(file: string, asked: string[]): Initialized['missing'] {
  const there = new Set<string>()
  visit(parseDocument(readTextIfThere(file) ?? ''), {
    Pair(_key, { key, value }) {
      if (isScalar(key) && isScalar(value)) there.add(`${key.value}: ${value.value}`)
    },
  })
  return asked.filter((what) => !there.has(what)).map((what) => ({ file, what }))
}

const groupsOf = ({ from, repositories }: Omit<ConfigInitRequest, 'dir'>) => {
  if (from === null) return {}
  const each = repositories.map((full) => {
    const [owner, repo] = full.split('/')
    return { owner, repo }
  })
  return { [from]: repositories.length > 0 ? each : [{ from, archived: false }] }
}

const githubHead = `# How wizard reaches GitHub. Every key has a default: wizard CONFIG SCHEMA github tells them.
#
# The token is in none of these files: it comes from GITHUB_TOKEN, from .env beside this file, or from gh auth login.

`

const commented = `github: {}
#  owner: NAME    # whose repositories are meant where a name has no owner
`

const reposHead = `# The repositories that are kept in step by wizard REPO SYNC, in groups. wizard REPO ADD adds one.
# pull_schedule says when an entry falls due for wizard REPO SYNC --due: see wizard SCHEDULE.

`
