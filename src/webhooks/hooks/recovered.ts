import type { RunError } from '../delivery.js'

export interface RecoveredDelivery {
  /** GitHub's id of the event. */
  delivery: string
  event: string
  /** Of the newest attempt. */
  delivered_at: string
  status_code: number
  /**
   * `known`: no attempt succeeded, but the store has the event. `planned`: would be `redelivered`,
   * with `dryRun`. `failed`: GitHub refused the request.
   */
  status: 'redelivered' | 'planned' | 'known' | 'delivered' | 'failed'
  error: RunError | null
}

/** `3 redelivered, 120 delivered` */
export function recoveredCounts(recovered: RecoveredDelivery[]): string {
  const counts = new Map<string, number>()
  for (const { status } of recovered) counts.set(status, (counts.get(status) ?? 0) + 1)
  const words = [...counts].map(([status, count]) => `${count} ${status}`)
  return words.length === 0 ? 'no deliveries' : words.join(', ')
}
