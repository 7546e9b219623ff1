import { deflateRawSync } from 'node:zlib'

export interface ZipEntry {
  /** Verbatim and unchecked: `../x` and `/etc/x` are possible. */
  name: string
  content: string | Buffer
  /** With the file type: `0o120777` is a symlink. Default: a plain file. */
  mode?: number
  deflated?: boolean
  /** False claims of the archive about the entry. */
  claims?: Partial<Fields>
}

interface Fields {
  flags: number
  method: number
  crc: number
  packedSize: number
  size: number
  /** Of its local header. */
  offset: number
}

/** A zip archive (APPNOTE 6.3.3) for artifacts and logs. Names may be hostile, and claims false. */
export function zip(entries: ZipEntry[]): Buffer {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const { name, content, mode = 0o100644, deflated = false, claims } of entries) {
    const [path, bytes] = [Buffer.from(name), Buffer.from(content)]
    const packed = deflated ? deflateRawSync(bytes) : bytes
    const method = deflated ? 8 : 0
    const sizes = { packedSize: packed.length, size: bytes.length }
    const fields = { flags: utf8Names, method, crc: crc32(bytes), offset, ...sizes, ...claims }
    const common = commonFields(path, fields)
    const local = Buffer.concat([signature('PK\x03\x04'), common, path, packed])
    const place = centralFields(mode, fields.offset)
    central.push(signature('PK\x01\x02'), u16(0x031e), common, place, path)
    locals.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(central)
  return Buffer.concat([...locals, directory, endOf(entries.length, directory.length, offset)])
}

const utf8Names = 0x0800
const firstOfJanuary1980 = 0x0021

function commonFields(path: Buffer, { flags, method, crc, packedSize, size }: Fields): Buffer {
  return Buffer.concat([
    ...[20, flags, method, 0, firstOfJanuary1980].map(u16),
    ...[crc, packedSize, size].map(u32),
    ...[path.length, 0].map(u16),
  ])
}

const centralFields = (mode: number, offset: number) =>
  Buffer.concat([...[0, 0, 0].map(u16), ...[mode * 0x10000, offset].map(u32)])

function endOf(count: number, size: number, offset: number): Buffer {
  const few = Math.min(count, 0xffff)
  const end = [
    signature('PK\x05\x06'),
    ...[0, 0, few, few].map(u16),
    ...[size, offset].map(u32),
    u16(0),
  ]
  return Buffer.concat(count > few ? [...end64Of(count, size, offset), ...end] : end)
}

/**
 * The zip64 end record and its locator, for more entries than 16 bits can count (APPNOTE 4.3.14,
 * 4.3.15).
 */
const end64Of = (count: number, size: number, offset: number) => [
  signature('PK\x06\x06'),
  u64(44),
  ...[45, 45].map(u16),
  ...[0, 0].map(u32),
  ...[count, count, size, offset].map(u64),
  signature('PK\x06\x07'),
  u32(0),
  u64(offset + size),
  u32(1),
]

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

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

/** node:zlib has crc32 only since Node 22. */
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
