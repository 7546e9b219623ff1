import { createHash } from 'node:crypto'
import { UsageError } from '../errors.js'

export interface Shard {
  /** From 1. */
  index: number
  count: number
}

/** @throws UsageError unless it is `I/N` with I from 1 to N. */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d{1,5})\/(\d{1,5})$/.exec(text)?.map(Number) ?? []
  if (!index || !count || index > count) {
    throw new UsageError(`--shard ${text} is not I/N with I from 1 to N`, {
      hint: 'for example --shard 1/4',
    })
  }
  return { index, count }
}

/** A share that depends on the name alone, so that it stays the same when others come and go. */
export function isInShard({ index, count }: Shard, fullName: string): boolean {
  const hash = createHash('sha256').update(fullName.toLowerCase()).digest()
  return hash.readUInt32BE(0) % count === index - 1
}
