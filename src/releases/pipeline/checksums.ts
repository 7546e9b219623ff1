import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeFullDisk } from '../../base/fs/read.js'
import type { ReleaseConfig } from '../../config/files/components.js'
import { hashOf, type LocalAsset } from '../assets/local.js'

/**
 * Writes the files of sums as sha256sum and md5sum read them, over the names as GitHub will show them: one for all
 * artifacts, or with `{artifact}` in its name one beside each.
 *
 * @param folder where they are written, out of the work tree
 * @returns their paths
 */
export async function writeChecksums(
  { checksums }: Pick<ReleaseConfig, 'checksums'>,
  artifacts: readonly LocalAsset[],
  folder: string,
): Promise<string[]> {
  const paths: string[] = []
  if (artifacts.length === 0) return paths
  for (const algorithm of ['sha256', 'md5'] as const) {
    const template = checksums[algorithm]
    if (template === undefined) continue
    const lines = new Map<string, string>()
    for (const artifact of artifacts) {
      const file = template.replaceAll('{artifact}', artifact.name)
      const sum =
        algorithm === 'sha256' ? await artifact.sha256() : await hashOf(artifact.path, 'md5')
      lines.set(file, `${lines.get(file) ?? ''}${sum}  ${artifact.name}\n`)
    }
    for (const [file, text] of lines) {
      const path = join(folder, file)
      await writeFile(path, text).catch((error: unknown) => {
        throw describeFullDisk(error, folder)
      })
      paths.push(path)
    }
  }
  return paths
}
