/** How wizard names itself to a server. */
export const agent = 'agent=wizard'

/** What a server can do, in version 0; the values of `symref` are many, so it is read apart. */
export type Capabilities = Set<string>

/** @see https://git-scm.com/docs/gitprotocol-capabilities */
export const parseCapabilities = (text: string): Capabilities =>
  new Set(text.trim().split(' ').filter(Boolean))
