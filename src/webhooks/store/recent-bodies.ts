import type { StoredDelivery } from './store.js'

/** Bytes of bodies that are kept at most. */
const mostBytes = 8 * 1024 ** 2

export type DeliveryContent = Pick<StoredDelivery, 'headers' | 'body'>

type RecentDelivery = Pick<StoredDelivery, 'id' | 'delivery' | 'sha256'>

/**
 * What this process has just committed and not routed yet, so that routing does not read it back.
 * The database has whatever is missing here.
 */
export interface RecentBodies {
  /** Keeps it if there is room. */
  add(delivery: RecentDelivery & DeliveryContent): void
  /** Forgets it. */
  take(delivery: RecentDelivery): DeliveryContent | undefined
  /** Forgets all up to this id: they are routed, perhaps by another machine. */
  forgetUpTo(id: number): void
}

export function recentBodies(): RecentBodies {
  const contents = new Map<string, DeliveryContent & { id: number }>()
  let bytes = 0
  // Not the number: a database that was restored, or failed over, may give it to another delivery.
  const keyOf = ({ delivery, sha256 }: RecentDelivery) => `${delivery} ${sha256}`
  const take = (key: string) => {
    const content = contents.get(key)
    if (content !== undefined && contents.delete(key)) bytes -= content.body.length
    return content
  }
  return {
    take: (delivery) => take(keyOf(delivery)),
    // Those that are kept are the oldest, which are routed first.
    add(recent) {
      const { id, headers, body } = recent
      take(keyOf(recent))
      if (bytes + body.length > mostBytes) return
      contents.set(keyOf(recent), { id, headers, body })
      bytes += body.length
    },
    forgetUpTo(last) {
      for (const [key, { id }] of contents) {
        if (id > last) break
        take(key)
      }
    },
  }
}
