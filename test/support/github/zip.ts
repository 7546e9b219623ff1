export interface ZipEntry {
  /** As it stands in the archive, unchecked: `../x` and `/etc/x` as well. */
  name: string
  content: string | Buffer
  /** With the file type: `0o120777` is a symlink. Default: a plain file. */
  mode?: number
}

/** A zip archive (APPNOTE 6.3.3) of stored entries, for artifacts and logs; the names may be hostile. */
export function zip(entries: ZipEntry[]): Buffer {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const { name, content, mode = 0o100644 } of entries) {
    const [path, bytes] = [Buffer.from(name), Buffer.from(content)]
    const common = commonFields(path, bytes)
    const local = Buffer.concat([signature('PK\x03\x04'), common, path, bytes])
    central.push(signature('PK\x01\x02'), u16(0x031e), common, centralFields(mode, offset), path)
    locals.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(central)
  return Buffer.concat([...locals, directory, endOf(entries.length, directory.length, offset)])
}

const utf8Names = 0x0800
const firstOfJanuary1980 = 0x0021

function commonFields(path: Buffer, bytes: Buffer): Buffer {
  return Buffer.concat([
    ...[20, utf8Names, 0, 0, firstOfJanuary1980].map(u16),
    ...[crc32(bytes), bytes.length, bytes.length].map(u32),
    ...[path.length, 0].map(u16),
  ])
}

const centralFields = (mode: number, offset: number) =>
  Buffer.concat([...[0, 0, 0].map(u16), ...[mode * 0x10000, offset].map(u32)])

const endOf = (count: number, size: number, offset: number) =>
  Buffer.concat([
    signature('PK\x05\x06'),
    ...[0, 0, count, count].map(u16),
    ...[size, offset].map(u32),
    u16(0),
  ])

const signature = (text: string) => Buffer.from(text, 'latin1')

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}

/** node:zlib has one since Node 22 only. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

function crc32(bytes: Buffer): number {
  let value = 0xffffffff
  for (const byte of bytes) value = (table[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8)
  return (value ^ 0xffffffff) >>> 0
}
