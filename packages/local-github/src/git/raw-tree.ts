import { gitText } from './run.js'

export interface RawEntry {
  mode: string
  /** The bytes in the tree: `.git`, `..`, `a/b`. */
  name: string | Buffer
  /** Its object: a blob's content, a tree's entries, or an object id. */
  content?: string | Buffer
  entries?: RawEntry[]
  oid?: string
}

/**
 * Writes a tree object from raw entries, unchecked and unsorted, as a hostile server could send it.
 */
export async function writeRawTree(bare: string, entries: RawEntry[]): Promise<string> {
  const bytes: Buffer[] = []
  for (const entry of entries) {
    const oid = entry.oid ?? (await writeTarget(bare, entry))
    const head = [Buffer.from(`${entry.mode} `), Buffer.from(entry.name), Buffer.of(0)]
    bytes.push(...head, Buffer.from(oid, 'hex'))
  }
  const args = ['hash-object', '-t', 'tree', '--literally', '-w', '--stdin']
  return gitText(args, { dir: bare, input: Buffer.concat(bytes) })
}

const writeTarget = (bare: string, { content = '', entries }: RawEntry): Promise<string> =>
  entries
    ? writeRawTree(bare, entries)
    : gitText(['hash-object', '-w', '--stdin'], { dir: bare, input: content })
