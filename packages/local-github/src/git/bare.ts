import { appendFile, readFile } from 'node:fs/promises'
import { git, gitText } from './run.js'

/**
 * The settings of GitHub's servers: any reachable object may be requested, and filters are
 * supported.
 */
const settings = `
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

export async function initBare(bare: string, defaultBranch: string): Promise<void> {
  await git(['init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`, bare])
  await appendFile(`${bare}/config`, settings)
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
  const format = '--batch-check=%(objectname)'
  const answer = await gitText(['cat-file', format], { dir: bare, input: `${expression}\n` })
  return /^[0-9a-f]{40}$/.test(answer) ? answer : null
}
