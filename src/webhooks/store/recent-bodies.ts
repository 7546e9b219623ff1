import type { StoredDelivery } from './store.js'

/** Bytes of bodies that are kept at most. */
const mostBytes = 8 * 1024 ** 2

export type DeliveryContent = Pick<StoredDelivery, 'headers' | 'body'>

/**
 * What this process has just committed and not routed yet, so that routing does not read it back.
 * The content of an id never changes, and the database has whatever is missing here.
 */
export interface RecentBodies {
  /** Keeps it if there is room. */
  add(id: number, content: DeliveryContent): void
  /** Forgets it. */
  take(id: number): DeliveryContent | undefined
  /** Forgets all up to this id: they are routed, perhaps by another machine. */
  forgetUpTo(id: number): void
}

export function recentBodies(): RecentBodies {
  const contents = new Map<number, DeliveryContent>()
  let bytes = 0
  const take = (id: number) => {
    const content = contents.get(id)
    if (content !== undefined && contents.delete(id)) bytes -= content.body.length
    return content
  }
  return {
    take,
    // Those that are kept are the oldest, which are routed first.
    add(id, { headers, body }) {
      if (bytes + body.length > mostBytes) return
      contents.set(id, { headers, body })
      bytes += body.length
    },
    forgetUpTo(last) {
      for (const id of contents.keys()) {
        if (id > last) break
        take(id)
      }
    },
  }
}
