import { createHash } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type Content, type Generated, read, sizeOf } from '../content.js'
import { gitText } from '../git/run.js'
import { storeBody } from '../store-body.js'
import type { Repository } from './repository.js'

export interface LfsObject {
  /** The sha256 of its content, in hex. */
  oid: string
  /** In bytes. */
  size: number
  /** The text of the file in git: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
  pointer: string
}

/** Adds an object. Bytes are written to the repository's folder. */
export async function addLfsObject(
  repository: Repository,
  given: string | Buffer | Generated,
): Promise<LfsObject> {
  const content = typeof given === 'string' ? Buffer.from(given) : given
  const oid = await sha256(content)
  const size = sizeOf(content)
  repository.lfsObjects.set(oid, await kept(repository, oid, content))
  return { oid, size, pointer: pointerTo(oid, size) }
}

export async function removeLfsObject(repository: Repository, oid: string): Promise<void> {
  repository.lfsObjects.delete(oid)
  await rm(lfsPath(repository, oid), { force: true })
}

/** Adds the objects that git-lfs keeps in a local repository. */
export async function importLfsObjects(repository: Repository, dir: string): Promise<void> {
  const common = await gitText(['-C', dir, 'rev-parse', '--git-common-dir'])
  const folder = resolve(dir, common, 'lfs/objects')
  const entries = existsSync(folder)
    ? await readdir(folder, { recursive: true, withFileTypes: true })
    : []
  for (const { name: oid, parentPath } of entries.filter((entry) => entry.isFile())) {
    if (!/^[0-9a-f]{64}$/.test(oid)) continue
    const file = lfsPath(repository, oid)
    await mkdir(dirname(file), { recursive: true })
    await copyFile(join(parentPath, oid), file, constants.COPYFILE_FICLONE)
    repository.lfsObjects.set(oid, { file, size: (await stat(file)).size })
  }
}

/**
 * Adds an object from the body of a request, unless the body is another one.
 *
 * @returns whether it is the object
 */
export async function receiveLfsObject(
  repository: Repository,
  { oid, size }: Pick<LfsObject, 'oid' | 'size'>,
  request: Request,
): Promise<boolean> {
  const file = lfsPath(repository, oid)
  const partial = `${file}.${crypto.randomUUID()}`
  await mkdir(dirname(file), { recursive: true })
  try {
    const stored = await storeBody(request, partial)
    if (stored.size !== size || stored.sha256 !== oid) return false
    await rename(partial, file)
  } finally {
    await rm(partial, { force: true })
  }
  repository.lfsObjects.set(oid, { file, size })
  return true
}

/** The file of an object, where git-lfs would have it too. */
export const lfsPath = ({ bare }: Repository, oid: string) =>
  join(bare, 'lfs/objects', oid.slice(0, 2), oid.slice(2, 4), oid)

async function kept(
  repository: Repository,
  oid: string,
  content: Buffer | Generated,
): Promise<Content> {
  if (!Buffer.isBuffer(content)) return content
  const file = lfsPath(repository, oid)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, content)
  return { file, size: content.length }
}

async function sha256(content: Content): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of read(content)) hash.update(piece)
  return hash.digest('hex')
}

const pointerTo = (oid: string, size: number) =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${size}\n`
