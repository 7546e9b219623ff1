import type { StoredDelivery } from './store.js'

/** Bytes of bodies that are kept at most. */
const mostBytes = 16 * 1024 ** 2

export type DeliveryContent = Pick<StoredDelivery, 'headers' | 'body'>

/**
 * What this process has just committed and not routed yet, so that routing does not read it back.
 * The content of an id never changes, and where one is missing the database has it.
 */
export interface RecentBodies {
  add(id: number, content: DeliveryContent): void
  /** Forgets it. */
  take(id: number): DeliveryContent | undefined
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
    add(id, { headers, body }) {
      contents.set(id, { headers, body })
      bytes += body.length
      // Another machine may have routed the oldest, or nobody routes here.
      for (const oldest of contents.keys()) {
        if (bytes <= mostBytes) break
        take(oldest)
      }
    },
  }
}
