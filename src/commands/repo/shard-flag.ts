import { UsageError } from '../../core/errors.js'
import type { Shard } from '../../core/repos/shard.js'

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
