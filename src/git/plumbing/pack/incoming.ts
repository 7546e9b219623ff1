import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { namesIn } from '../../../base/fs/read.js'
import { isDead, type Liveness, placeMark } from '../../../process/owner-mark.js'

/** The files of a pack that is on its way, under the names that git's own cleaning knows. */
export interface Incoming {
  pack: string
  index: string
  /** Puts both in their place, the index last: with it the pack counts. @returns where the pack is */
  publish(checksum: string): Promise<string>
  /** Removes what is not in its place. */
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

/** The owner's mark last: as long as there is something, it is known whose. */
async function remove({ pack, index, owner }: Files): Promise<void> {
  for (const path of [pack, index, owner]) await rm(path, { force: true })
}

/** Removes what killed processes left of packs on their way; one that was whole already is finished. */
export async function clearIncoming(gitDir: string, liveness: Liveness): Promise<void> {
  const folder = packFolder(gitDir)
  for (const file of await namesIn(folder)) {
    const name = /^tmp_pack_(\w+)\.owner$/.exec(file)?.[1]
    if (name === undefined || !(await isDead(join(folder, file), liveness))) continue
    await finishPublishing(folder, filesOf(folder, name))
    await remove(filesOf(folder, name))
  }
}

/** Killed between the two renames, both files were whole: the index names the pack it belongs to. */
async function finishPublishing(folder: string, { pack, index }: Files): Promise<void> {
  if (existsSync(pack) || !existsSync(index)) return
  const checksum = (await readFile(index)).subarray(-40, -20).toString('hex')
  const published = join(folder, `pack-${checksum}`)
  if (existsSync(`${published}.pack`)) await rename(index, `${published}.idx`)
}
