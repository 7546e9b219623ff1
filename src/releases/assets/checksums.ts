import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeFullDisk } from '../../base/fs/system-error.js'
import type { ReleaseConfig } from '../../config/files/components.js'
import { hashOf, type LocalAsset } from './local.js'

/**
 * Writes checksum files in the format of sha256sum and md5sum, with the names that GitHub will
 * show: one file for all artifacts or, with `{artifact}` in its name, one for each.
 *
 * @param folder outside the work tree, for the files
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

/** The usual names of SHA-256 checksum files. */
const sumsName =
  /^(?:sha256sums?(?:\.txt)?|checksums?(?:[._-]sha256)?\.txt|.*[._-](?:sha256sums?|checksums)\.txt)$/i

/** Bytes; a longer file is not a checksum file. */
export const longestSums = 4 * 1024 * 1024

export const isSumsFile = ({ name, size }: { name: string; size: number }): boolean =>
  sumsName.test(name) && size <= longestSums

/**
 * Parses the output of sha256sum (`HEX  NAME`, `HEX *NAME`) or `sha256sum --tag` (`SHA256 (NAME) =
 * HEX`); ignores other lines.
 *
 * @returns hexadecimal digits in lower case, by name
 */
export function parseSums(text: string): Map<string, string> {
  const sums = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const plain = /^\\?([0-9a-f]{64}) [ *](.+)$/i.exec(line)
    const tagged = /^SHA256 \((.+)\) = ([0-9a-f]{64})$/i.exec(line)
    const name = plain?.[2] ?? tagged?.[1]
    const sum = plain?.[1] ?? tagged?.[2]
    if (name !== undefined && sum !== undefined)
      sums.set(name.replace(/^\.\//, ''), sum.toLowerCase())
  }
  return sums
}
