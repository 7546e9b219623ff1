/** The names that files of SHA-256 sums go by. */
const sumsName =
  /^(?:sha256sums?(?:\.txt)?|checksums?(?:[._-]sha256)?\.txt|.*[._-](?:sha256sums?|checksums)\.txt)$/i

/** Bytes; a longer file is none of sums. */
export const longestSums = 4 * 1024 * 1024

export const isSumsFile = ({ name, size }: { name: string; size: number }): boolean =>
  sumsName.test(name) && size <= longestSums

/**
 * The sums in a file as sha256sum writes it (`HEX  NAME`, `HEX *NAME`) or `sha256sum --tag` (`SHA256 (NAME) = HEX`); lines
 * that are neither are no sums.
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
