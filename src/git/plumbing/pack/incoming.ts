import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { namesIn } from '../../../base/fs/read.js'
import { isDead, type Liveness, placeMark } from '../../../process/owner-mark.js'

/** The files of an arriving pack, under names that `git gc` cleans up too. */
export interface Incoming {
  pack: string
  index: string
  /** Renames both into place, the index last: then the pack counts. @returns the pack's path */
  publish(checksum: string): Promise<string>
  /** Removes what is not published. */
  discard(): Promise<void>
}

export async function openIncoming(
  gitDir: string,
  liveness: Liveness | undefined,
): Promise<Incoming> {
  const folder = packFolder(gitDir)
  await mkdir(folder, { recursive: true })
  const name = randomBytes(6).toString('hex')
  const files = filesOf(folder, name)
  await placeMark(files.owner, liveness)
  const { pack, index } = files
  return {
    pack,
    index,
    async publish(checksum) {
      const published = join(folder, `pack-${checksum}.pack`)
      await rename(pack, published)
      await rename(index, join(folder, `pack-${checksum}.idx`))
      return published
    },
    discard: () => remove(files),
  }
}

const packFolder = (gitDir: string) => join(gitDir, 'objects', 'pack')

const filesOf = (folder: string, name: string) => ({
  pack: join(folder, `tmp_pack_${name}`),
  index: join(folder, `tmp_idx_${name}`),
  owner: join(folder, `tmp_pack_${name}.owner`),
})

type Files = ReturnType<typeof filesOf>

/** The owner's mark goes last, so that the files have a known owner for as long as they exist. */
async function remove({ pack, index, owner }: Files): Promise<void> {
  for (const path of [pack, index, owner]) await rm(path, { force: true })
}

/**
 * A folder in which another engine receives objects, out of sight of everything that reads the
 * repository. It is called as git calls such a folder, so that `git gc` clears it too.
 *
 * @see https://git-scm.com/docs/git-receive-pack#_quarantine_environment
 */
export interface Quarantine {
  dir: string
  discard(): Promise<void>
}

export async function openQuarantine(
  gitDir: string,
  liveness: Liveness | undefined,
): Promise<Quarantine> {
  const dir = join(gitDir, 'objects', `${quarantinePrefix}${randomBytes(6).toString('hex')}`)
  await placeMark(`${dir}.owner`, liveness)
  await mkdir(dir)
  return { dir, discard: () => removeQuarantine(dir) }
}

const quarantinePrefix = 'tmp_objdir-incoming-'

async function removeQuarantine(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true })
  await rm(`${dir}.owner`, { force: true })
}

/** Removes unfinished packs of killed processes; finishes one that was complete. */
export async function clearIncoming(gitDir: string, liveness: Liveness): Promise<void> {
  await clearQuarantines(join(gitDir, 'objects'), liveness)
  const folder = packFolder(gitDir)
  for (const file of await namesIn(folder)) {
    const name = /^tmp_pack_(\w+)\.owner$/.exec(file)?.[1]
    if (name === undefined || !(await isDead(join(folder, file), liveness))) continue
    await finishPublishing(folder, filesOf(folder, name))
    await remove(filesOf(folder, name))
  }
}

async function clearQuarantines(objects: string, liveness: Liveness): Promise<void> {
  for (const file of await namesIn(objects)) {
    if (!file.startsWith(quarantinePrefix) || !file.endsWith('.owner')) continue
    const owner = join(objects, file)
    if (await isDead(owner, liveness)) await removeQuarantine(owner.slice(0, -'.owner'.length))
  }
}

/** After a kill between the two renames both files are complete, and the index names its pack. */
async function finishPublishing(folder: string, { pack, index }: Files): Promise<void> {
  if (existsSync(pack) || !existsSync(index)) return
  const checksum = (await readFile(index)).subarray(-40, -20).toString('hex')
  const published = join(folder, `pack-${checksum}`)
  if (existsSync(`${published}.pack`)) await rename(index, `${published}.idx`)
}
