import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { lstat, mkdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A node of each supported major version: its path, or why there is none. */
export type Nodes = Record<string, { path: string } | { missing: string }>

const majors = ['20', '22', '24', '26']
/**
 * Kept between runs, because each download has 60 MB. Other users of the tests may read it; only
 * this one writes it.
 */
const folder = join(tmpdir(), `wizard-nodes-${process.getuid?.() ?? 0}`)

export async function findNodes(): Promise<Nodes> {
  const found = await Promise.all(majors.map(async (major) => [major, await nodeOf(major)]))
  return Object.fromEntries(found)
}

async function nodeOf(major: string): Promise<Nodes[string]> {
  if (process.version.startsWith(`v${major}.`)) return { path: process.execPath }
  try {
    const name = `node-${process.platform}-${process.arch}`
    const home = join(folder, major)
    if (!existsSync(home)) await fetchNode(`${name}@${major}`, home)
    return { path: join(home, 'node_modules', name, 'bin/node') }
  } catch (error) {
    return { missing: `node ${major}: ${error instanceof Error ? error.message : error}` }
  }
}

/** From the npm registry, complete or not at all. */
async function fetchNode(what: string, home: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 })
  const { uid, mode } = await lstat(folder)
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) throw new Error(`${folder} is not ours`)
  const fresh = `${home}.new-${process.pid}`
  try {
    const args = ['install', '--no-audit', '--no-fund', '--no-save', '--prefix', fresh, what]
    await promisify(execFile)('npm', args, { cwd: folder, timeout: 120_000 })
    await rename(fresh, home)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}
