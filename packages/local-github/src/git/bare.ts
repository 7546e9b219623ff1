import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readLoose } from './loose.js'
import { gitText } from './run.js'

/**
 * The settings of GitHub's servers: any reachable object may be requested, and filters are
 * supported.
 */
const settings = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
[uploadpack]
	allowAnySHA1InWant = true
	allowTipSHA1InWant = true
	allowReachableSHA1InWant = true
	allowFilter = true
[http]
	receivepack = true
	getanyfile = false
[receive]
	advertisePushOptions = true
[gc]
	auto = 0
`

/**
 * Creates the layout of `git init --bare` without a process:
 * https://git-scm.com/docs/gitrepository-layout
 */
export async function initBare(bare: string, defaultBranch: string): Promise<void> {
  const folders = ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'info']
  for (const folder of folders) await mkdir(join(bare, folder), { recursive: true })
  await writeFile(join(bare, 'HEAD'), `ref: refs/heads/${defaultBranch}\n`)
  await writeFile(join(bare, 'config'), settings)
}

export interface GitRef {
  /** `refs/heads/main` */
  name: string
  oid: string
  /** The commit that an annotated tag leads to; otherwise the object itself. */
  peeled: string
}

export async function listRefs(bare: string, prefix: string): Promise<GitRef[]> {
  const format = '%(refname)%09%(objectname)%09%(*objectname)'
  const lines = await gitText(['for-each-ref', `--format=${format}`, prefix], { dir: bare })
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [name = '', oid = '', peeled = ''] = line.split('\t')
      return { name, oid, peeled: peeled || oid }
    })
}

/** A branch by its full name, from its file or from packed-refs: one query asks for hundreds. */
export async function readBranch(bare: string, name: string): Promise<GitRef | null> {
  const loose = name.includes('..') ? '' : (await readIfThere(`${bare}/${name}`)).trim()
  const packed = loose === '' ? (await readIfThere(`${bare}/packed-refs`)).split('\n') : []
  const line = packed.find((one) => one.endsWith(` ${name}`))
  const oid = loose || line?.slice(0, 40) || ''
  return /^[0-9a-f]{40}$/.test(oid) ? { name, oid, peeled: oid } : null
}

async function readIfThere(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(error.code ?? '')) return ''
    throw error
  })
}

/** The object that an expression of git-rev-parse names, or null. */
export async function resolve(bare: string, expression: string): Promise<string | null> {
  if (expression.includes('\n')) return null
  const found = await resolveLoose(bare, expression)
  if (found !== undefined) return found
  const format = '--batch-check=%(objectname)'
  const answer = await gitText(['cat-file', format], { dir: bare, input: `${expression}\n` })
  return /^[0-9a-f]{40}$/.test(answer) ? answer : null
}

/**
 * Resolves common expressions without a process; undefined for others, and if an object is in a
 * pack.
 */
async function resolveLoose(bare: string, expression: string): Promise<string | null | undefined> {
  const [, name, peel] = /^([\w.][\w./-]*)(\^\{commit\})?$/.exec(expression) ?? []
  if (name === undefined) return undefined
  let oid = /^[0-9a-f]{40}$/.test(name) ? name : await readRef(bare, name)
  if (oid === null) return name.startsWith('refs/') || name === 'HEAD' ? null : undefined
  for (;;) {
    const object = await readLoose(bare, oid)
    if (object === null) return undefined
    if (peel === undefined || object.type === 'commit') return oid
    if (object.type !== 'tag') return null
    oid = object.content.toString('latin1', 7, 47)
  }
}

/** Tries names in the order of https://git-scm.com/docs/gitrevisions. */
async function readRef(bare: string, name: string): Promise<string | null> {
  for (const full of await fullNamesOf(bare, name)) {
    const found = await readBranch(bare, full)
    if (found !== null) return found.oid
  }
  return null
}

async function fullNamesOf(bare: string, name: string): Promise<string[]> {
  if (name === 'HEAD') return [await headOf(bare)]
  return name.startsWith('refs/') ? [name] : [`refs/tags/${name}`, `refs/heads/${name}`]
}

async function headOf(bare: string): Promise<string> {
  return (await readFile(join(bare, 'HEAD'), 'utf8')).trim().replace(/^ref: /, '')
}
