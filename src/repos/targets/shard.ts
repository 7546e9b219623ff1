import { createHash } from 'node:crypto'

export interface Shard {
  /** From 1. */
  index: number
  count: number
}

/** A share that depends on the name alone, so that it stays the same when others come and go. */
export function isInShard({ index, count }: Shard, fullName: string): boolean {
  const hash = createHash('sha256').update(fullName.toLowerCase()).digest()
  return hash.readUInt32BE(0) % count === index - 1
}
