import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isScalar, parseDocument, stringify, visit } from 'yaml'
import { UsageError } from '../base/errors.js'
import { existsAt, readTextIfThere } from '../base/fs/read.js'
import { singleFileNames, singleFilesIn } from './locate/single-file.js'
import { explain } from './schema/explain.js'
import { fileSchemas } from './schema/index.js'
import { rewrite } from './yaml/write.js'

export interface ConfigInitRequest {
  /** The folder of the files, absolute; created if missing. Of a single file, its folder. */
  dir: string
  /** One file, wizard.config.yaml, in place of several. */
  single?: boolean | undefined
  owner: string | null
  /** An organization or user whose repositories are kept up to date. */
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
 * Writes github.yaml and repos.yaml, or wizard.config.yaml. Existing files are kept, so it can be run
 * again; so is another single file of the folder.
 *
 * @throws UsageError for a name that is invalid on GitHub, or a file in place of the folder;
 *   ConfigError if a file can't be written
 */
export async function initConfig({
  dir,
  single = false,
  ...wanted
}: ConfigInitRequest): Promise<Initialized> {
  const github = { github: wanted.owner === null ? {} : { owner: wanted.owner } }
  const repos = { repos: groupsOf(wanted) }
  const faulty = [
    fileSchemas.github.safeParse(github, { error: explain }),
    fileSchemas.repos.safeParse(repos, { error: explain }),
  ]
  for (const { error } of faulty) {
    if (error) throw new UsageError(error.issues[0]?.message ?? 'a name is invalid')
  }
  const settings = wanted.owner === null ? commented : stringify(github)
  const groups = stringify(repos)
  const [owner, entries] = [
    wanted.owner === null ? [] : [`owner: ${wanted.owner}`],
    linesFor(wanted),
  ]
  if ((await existsAt(dir)) && !(await stat(dir)).isDirectory()) {
    throw new UsageError(`${dir} is not a folder`, { hint: 'give a folder for the files' })
  }
  const [there = join(dir, singleFileNames[0])] = single ? singleFilesIn(dir) : []
  return writeMissing(
    dir,
    single
      ? [{ file: there, text: singleHead + settings + groups, asked: [...owner, ...entries] }]
      : [
          { file: join(dir, 'github.yaml'), text: githubHead + settings, asked: owner },
          { file: join(dir, 'repos.yaml'), text: reposHead + groups, asked: entries },
        ],
  )
}

interface InitialFile {
  file: string
  text: string
  /** Lines of it that were asked for. */
  asked: string[]
}

async function writeMissing(dir: string, initial: InitialFile[]): Promise<Initialized> {
  const files: Initialized['files'] = []
  const missing: Initialized['missing'] = []
  for (const { file, text, asked } of initial) {
    const isThere = await existsAt(file)
    if (isThere) missing.push(...missingIn(file, asked))
    else await rewrite({ path: file, before: null, after: text })
    files.push({ file, status: isThere ? 'kept' : 'written' })
  }
  return { dir, files, missing }
}

type Wanted = Omit<ConfigInitRequest, 'dir' | 'single'>

const linesFor = ({ from, repositories }: Wanted): string[] => {
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

const groupsOf = ({ from, repositories }: Wanted) => {
  if (from === null) return {}
  const each = repositories.map((full) => {
    const [owner, repo] = full.split('/')
    return { owner, repo }
  })
  return { [from]: repositories.length > 0 ? each : [{ from, archived: false }] }
}

const githubHead = `# How wizard reaches GitHub. Every key has a default: wizard CONFIG SCHEMA github lists them.
#
# The token is not in these files: it comes from GITHUB_TOKEN, from .env beside this file, or from gh auth login.

`

const singleHead = `# wizard's configuration, in one file: wizard CONFIG SCHEMA wizard.config lists every key.
#
# The token is not in this file: it comes from GITHUB_TOKEN, from .env beside this file, or from gh auth login.
# wizard REPO SYNC keeps the repositories below in step, in groups. wizard REPO ADD adds one.

`

const commented = `github: {}
#  owner: NAME    # the owner of repositories that are named without one
`

const reposHead = `# The repositories that wizard REPO SYNC keeps in step, in groups. wizard REPO ADD adds one.
# pull_schedule says when an entry is due for wizard REPO SYNC --due: see wizard SCHEDULE.

`
