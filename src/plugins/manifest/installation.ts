import type { Reader } from './reader.js'

/** How a plugin comes to a machine. */
export interface Installation {
  /** `binary`, `npm`, `pip`, `source`, `apk`; null: it does not say. */
  method: string | null
  /** An asset's name or address, by the name of a platform. */
  sources: ReadonlyMap<string, string>
  /** By the name of a platform; empty ones are none. */
  checksums: ReadonlyMap<string, string>
  /** Shell lines that are shown, and never run. */
  postInstall: string[]
}

const methods = ['binary', 'npm', 'pip', 'source', 'apk']

export function readInstallation(manifest: Reader): Installation {
  const reader = manifest.record('installation')
  if (reader === null) {
    return { method: null, sources: new Map(), checksums: new Map(), postInstall: [] }
  }
  const method = reader.text('method')
  if (method !== null && !methods.includes(method)) reader.note('method', 'an unknown one')
  const sources = reader.textsByName('sources')
  const checksums = reader.textsByName('checksums')
  for (const [platform, sum] of checksums) {
    if (parseChecksum(sum) === null) {
      reader.note(`checksums.${platform}`, 'neither SHA-256 nor SHA-512: it is not checked')
    }
  }
  return { method, sources, checksums, postInstall: reader.texts('post_install') }
}

export interface Checksum {
  algorithm: 'sha256' | 'sha512'
  /** Hexadecimal digits in lower case. */
  hex: string
}

/** `sha256:HEX`, `sha512:HEX`, or their digits alone; null for anything else. */
export function parseChecksum(text: string): Checksum | null {
  const [, named, hex = ''] = /^(?:(sha-?256|sha-?512)[:=-])?([0-9a-f]+)$/i.exec(text.trim()) ?? []
  const algorithm = { 64: 'sha256', 128: 'sha512' }[hex.length] as Checksum['algorithm'] | undefined
  const isAsNamed = named === undefined || named.toLowerCase().replace('-', '') === algorithm
  return algorithm !== undefined && isAsNamed ? { algorithm, hex: hex.toLowerCase() } : null
}
