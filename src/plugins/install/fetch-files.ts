import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, copyFile, mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { safeName } from '../../archive/names.js'
import { archiveKind } from '../../archive/source.js'
import { unpackArchive } from '../../archive/unpack.js'
import { ConflictError, PathError } from '../../base/errors.js'
import { remoteUrl } from '../../base/names/remote.js'
import type { Repo } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import { bytesOf } from '../../git/plumbing/byte-path.js'
import { fileMode } from '../../git/plumbing/objects/parse.js'
import { unsafeName } from '../../git/plumbing/objects/safe-tree.js'
import { cloneRepository } from '../../git/porcelain/clone/clone.js'
import type { Warning } from '../../git/repository/warnings.js'
import { downloadReleaseAsset, type ReleaseAsset } from '../../github/rest/release-assets.js'
import type { Checksum } from '../manifest/installation.js'
import type { PluginSession } from '../session.js'
import { filesBelow, treeDigest } from '../store/record.js'

type Session = Pick<PluginSession, 'client' | 'emit' | 'signal'>

/** What an asset must match. */
export interface Expected {
  /** From the manifest; null: it has none. */
  checksum: Checksum | null
  /** From the lock, in hexadecimal digits; null: it was not installed before. */
  sha256: string | null
}

export interface Taken {
  sha256: string
  /** Bytes. */
  size: number
  /** Where it came from. */
  address: string
}

/**
 * Downloads an asset, verifies its bytes against all known checksums, and only then unpacks it. A
 * file that is not an archive is the plugin's program.
 *
 * @param work the folder for the asset
 * @param tree the folder for its files; it is created
 * @throws ConflictError with both checksums, for other bytes; PathError for an archive that is
 *   refused
 */
export async function takeAsset(
  { client, emit, signal }: Session,
  { owner, repo, asset }: Repo & { asset: ReleaseAsset },
  expected: Expected,
  { work, tree }: { work: string; tree: string },
): Promise<Taken> {
  const { name } = asset
  const file = join(work, 'asset')
  const unverified = { ...asset, digest: null }
  const { sha256, size } = await downloadReleaseAsset(client, owner, repo, unverified, file, {
    onProgress: (so) => emit({ type: 'transfer-progress', direction: 'download', name, ...so }),
  })
  await check(asset, sha256, expected, file)
  emit({ type: 'transfer-done', direction: 'download', name, size, status: 'downloaded' })
  const kind = archiveKind(name)
  if (kind === null) {
    await assertProgram(name, file)
    await mkdir(tree)
    const program = join(tree, safeName(name, 'plugin'))
    await copyFile(file, program)
    await chmod(program, 0o755)
  } else {
    await unpackArchive(file, kind, tree, { label: oneLine(name, 100), signal, faultOf: gitFault })
  }
  return { sha256, size, address: asset.download_url }
}

/**
 * Refuses `.git`: its configuration could run commands whenever somebody calls git there, in a
 * prompt for example.
 */
const gitFault = (name: string) => unsafeName(bytesOf(name), fileMode.regular)

/** Other archives and compressed files, by their names and by their first bytes. */
const packed =
  /\.(?:t?gz|t?bz2?|tbz2|t?xz|t?zst|t?lz|lzma|lz4|br|z|7z|rar|cab|ar|deb|rpm|cpio|iso|dmg|tcz|squashfs)$/i
const firstBytes = ['1f8b', '425a68', 'fd377a585a00', '28b52ffd', '377abcaf271c', '526172211a07']

/** @throws PathError for an archive of a kind that wizard can't unpack, or for `.git` */
async function assertProgram(name: string, file: string): Promise<void> {
  const fault = gitFault(name)
  if (fault !== null) throw new PathError(`${oneLine(name, 100)} is refused: ${fault}`)
  const start = (await readStart(file)).toString('hex')
  if (!packed.test(name) && !firstBytes.some((bytes) => start.startsWith(bytes))) return
  throw new PathError(`${oneLine(name, 100)} is an archive that wizard can't unpack`, {
    hint: 'its author must publish it as .zip, .tar or .tar.gz',
  })
}

async function readStart(file: string): Promise<Buffer> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

async function check(
  { name, digest }: ReleaseAsset,
  sha256: string,
  expected: Expected,
  file: string,
): Promise<void> {
  const digestOfGitHub = /^sha256:([0-9a-f]{64})$/.exec(digest ?? '')?.[1]
  const { checksum } = expected
  const sums: [who: string, wanted: string | null | undefined, came: string][] = [
    ['GitHub', digestOfGitHub, sha256],
    ['plugins.lock.json', expected.sha256, sha256],
  ]
  if (checksum !== null) {
    const came = checksum.algorithm === 'sha256' ? sha256 : await sumOf(file, checksum.algorithm)
    sums.push(['its manifest', checksum.hex, came])
  }
  for (const [who, wanted, came] of sums) {
    if (wanted === null || wanted === undefined || wanted === came) continue
    throw new ConflictError(`${oneLine(name, 100)} does not match ${who}: nothing was installed`, {
      hint: `expected ${wanted}, received ${came}`,
    })
  }
}

async function sumOf(file: string, algorithm: string): Promise<string> {
  const hash = createHash(algorithm)
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

/**
 * Fetches the files of a repository at a tag by the git protocol, which verifies each by its object
 * id; without history and `.git`.
 *
 * @param expected the lock's digest; null: it was not installed before
 * @throws ConflictError if the tag has moved, or the files differ; PathError for a symbolic link
 */
export async function takeTree(
  { client, emit, signal }: Session,
  { owner, repo, tag, commit }: Repo & { tag: string; commit: string },
  expected: string | null,
  tree: string,
): Promise<Taken & { warnings: Warning[] }> {
  const url = remoteUrl(client.gitUrl, { owner, repo })
  const onRequest = (message: string) => emit({ type: 'request', message })
  // The same bytes on every machine, whatever its git is set to.
  const env = { GIT_CONFIG_NOSYSTEM: '1', GIT_ATTR_NOSYSTEM: '1' }
  const git = { ...(await client.git()), env, signal, onRequest }
  const request = { url, dir: tree, ref: tag, depth: 1, branches: 'one' as const }
  const { oid, warnings } = await cloneRepository(git, request)
  if (oid !== commit) {
    throw new ConflictError(`${oneLine(tag, 60)} of ${owner}/${repo} moved while being read`, {
      hint: 'run the command again',
    })
  }
  await rm(join(tree, '.git'), { recursive: true, force: true })
  const files = await filesBelow(tree)
  const link = files.find(({ sha256 }) => !/^[0-9a-f]{64}$/.test(sha256))
  if (link !== undefined) {
    throw new PathError(
      `${owner}/${repo}: ${oneLine(link.path, 200)} is refused: it is a symbolic link`,
    )
  }
  const sha256 = treeDigest(files)
  if (expected !== null && expected !== sha256) {
    throw new ConflictError(
      `${owner}/${repo} at ${oneLine(tag, 60)} does not match plugins.lock.json`,
      {
        hint: `expected ${expected}, received ${sha256}`,
      },
    )
  }
  const size = files.reduce((sum, file) => sum + file.size, 0)
  return { sha256, size, address: url, warnings }
}
