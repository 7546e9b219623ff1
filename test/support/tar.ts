export interface TarEntry {
  /** Verbatim and unchecked; at most 100 bytes. */
  name: string
  content?: string | Buffer
  mode?: number
  /**
   * `0` a file, `5` a folder, `2` a symlink, `1` a hard link, `3` a device, `S` sparse, `x` a pax
   * header.
   */
  type?: string
  link?: string
  /** A false length for its header. */
  size?: number
  /** Of its header. */
  badChecksum?: boolean
}

/** A ustar archive (POSIX.1-1988). Names may be hostile, and claims false. */
export function tar(entries: TarEntry[], { end = true } = {}): Buffer {
  const blocks = entries.flatMap((entry) => {
    const content = Buffer.from(entry.content ?? '')
    return [header(entry, content.length), content, Buffer.alloc(-content.length & 511)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(end ? 1024 : 0)])
}

function header(entry: TarEntry, length: number): Buffer {
  const { name, type = '0', mode = 0o644, link = '', size = length, badChecksum = false } = entry
  const block = Buffer.alloc(512)
  block.write(name, 0)
  block.write(`${octal(mode, 7)}\0`, 100)
  block.write(`${octal(0, 7)}\0${octal(0, 7)}\0`, 108)
  block.write(`${octal(size, 11)}\0${octal(0, 11)}\0`, 124)
  block.fill(' ', 148, 156)
  block.write(type, 156)
  block.write(link, 157)
  block.write('ustar\x0000', 257)
  const sum = block.reduce((all, byte) => all + byte, 0) + (badChecksum ? 1 : 0)
  block.write(`${octal(sum, 6)}\0 `, 148)
  return block
}

const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0')
