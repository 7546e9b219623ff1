/** An object as a client names it. */
export interface Asked {
  oid: string
  /** In bytes. */
  size: number
}

export function isAsked(value: unknown): value is Asked {
  if (typeof value !== 'object' || value === null) return false
  const { oid, size } = value as Partial<Record<string, unknown>>
  return typeof oid === 'string' && Number.isSafeInteger(size)
}
