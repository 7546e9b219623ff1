/**
 * Text files of 200 to 8,000 bytes in folders of 30, two levels deep; the same for the same seed.
 */
export function textFiles(count: number, seed = 1): Record<string, string> {
  const random = mulberry32(seed)
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [pathOf(index), text(random)]),
  )
}

/** Changes some of the files, spread over all folders. */
export function changedFiles(
  files: Record<string, string>,
  count: number,
  seed: number,
): Record<string, string> {
  const random = mulberry32(seed)
  const paths = Object.keys(files)
  const step = paths.length / count
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const path = paths[Math.floor(index * step + random() * step)] ?? ''
      return [path, `${files[path]}${line(random)}`]
    }),
  )
}

const pathOf = (index: number) => {
  const folder = Math.floor(index / 30)
  return `part-${folder % 10}/section-${folder}/file-${index}.txt`
}

function text(random: () => number): string {
  const size = 200 * 40 ** random()
  let lines = ''
  while (lines.length < size) lines += line(random)
  return lines
}

function line(random: () => number): string {
  const words = Array.from({ length: 4 + Math.floor(random() * 10) }, () => word(random))
  return `${words.join(' ')}\n`
}

/** Few enough words that the text compresses to about a third, like source code. */
const word = (random: () => number) =>
  Math.floor(random() ** 2 * 5000)
    .toString(36)
    .padStart(4, 'word')

/** A small generator of numbers from 0 to 1; the same sequence for the same seed. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
