import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { PluginEvent } from '../../src/plugins/session.js'
import { type LockEntry, writeLock } from '../../src/plugins/store/lock-file.js'
import { pathsOf, type StorePaths } from '../../src/plugins/store/paths.js'
import { filesBelow, writeRecord } from '../../src/plugins/store/record.js'
import { nowhere, type OpenedSession, sessionIn } from '../support/session.js'

export const lockEntry = (more: Partial<LockEntry> = {}): LockEntry => ({
  repo: 'uDOS/micro',
  repository_id: 7,
  version: '1.0.0',
  tag: 'v1.0.0',
  template: null,
  commit: 'a'.repeat(40),
  source: 'asset',
  asset: 'micro.zip',
  address: 'https://github.com/uDOS/micro/releases/download/v1.0.0/micro.zip',
  sha256: 'b'.repeat(64),
  size: 3,
  installed_at: '2026-01-14T12:00:00Z',
  signed_by: null,
  signed_whole: false,
  name: 'Micro',
  description: null,
  category: 'editor',
  license: 'MIT',
  warnings: [],
  ...more,
})

/** A root for one test, removed after it. */
export async function temporaryRoot(): Promise<StorePaths> {
  const root = await mkdtemp(join(tmpdir(), 'wizard-plugins-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  return pathsOf(root)
}

export type Texts = Record<string, string | { executable: string }>

export async function writeTree(folder: string, files: Texts): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, typeof content === 'string' ? content : content.executable)
    if (typeof content !== 'string') await chmod(file, 0o755)
  }
}

/** A version that is built out of sight, ready to be put in its place. */
export async function stageVersion(
  { staging }: StorePaths,
  work: string,
  { entry = lockEntry(), files }: { entry?: LockEntry; files: Texts },
): Promise<LockEntry> {
  const tree = join(staging, work, 'new')
  await writeTree(tree, files)
  await writeRecord(join(staging, work, 'new.json'), { entry, files: await filesBelow(tree) })
  return entry
}

/** Paths and their content; all files are small. */
export async function textsBelow(folder: string): Promise<Record<string, string> | null> {
  if (!existsSync(folder)) return null
  const files = await filesBelow(folder)
  const texts = files.map(async ({ path }) => [path, await readFile(join(folder, path), 'utf8')])
  return Object.fromEntries(await Promise.all(texts))
}

/** A session of which no request is expected. */
export const sessionOf = (
  { root }: StorePaths,
  plugins: Record<string, unknown> = {},
): Promise<OpenedSession<PluginEvent>> => sessionIn(root, nowhere, { plugins: { plugins } })

/** Puts plugins in their place, with their records, as an installation leaves them. */
export async function installed(
  paths: StorePaths,
  plugins: Record<string, { entry?: Partial<LockEntry>; files?: Texts }>,
): Promise<void> {
  const entries = new Map<string, LockEntry>()
  for (const [id, { entry, files = { 'main.txt': id } }] of Object.entries(plugins)) {
    const known = lockEntry({ repo: `uDOS/${id}`, name: id, ...entry })
    const tree = join(paths.plugins, id)
    await writeTree(tree, files)
    await mkdir(paths.records, { recursive: true })
    const record = { entry: known, files: await filesBelow(tree) }
    await writeRecord(join(paths.records, `${id}.json`), record)
    entries.set(id, known)
  }
  await writeLock(paths.lockFile, { entries, rest: {} })
}
