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

/** In the words of Node. */
export interface Platform {
  /** `linux`, `darwin`, `win32` … */
  os: string
  /** `x64`, `arm64` … */
  arch: string
}

/** The names that each goes by in manifests and in the names of assets, the usual one first. */
const systems: Record<string, string[]> = {
  linux: ['linux'],
  darwin: ['darwin', 'macos', 'osx', 'mac', 'apple'],
  win32: ['windows', 'win32', 'win64', 'win'],
  freebsd: ['freebsd'],
}
const machines: Record<string, string[]> = {
  x64: ['amd64', 'x86_64', 'x64'],
  arm64: ['arm64', 'aarch64'],
  arm: ['armv7', 'armhf', 'armv6', 'arm'],
  ia32: ['i386', 'i686', '386', 'x86'],
  riscv64: ['riscv64'],
  ppc64: ['ppc64le', 'ppc64'],
  s390x: ['s390x'],
}
const everywhere = new Set(['any', 'all', 'noarch', 'universal', 'default', '*'])

/** `linux-amd64`, as manifests have it. */
export const platformName = ({ os, arch }: Platform): string =>
  `${systems[os]?.[0] ?? os}-${machines[arch]?.[0] ?? arch}`

/**
 * How well the name of a platform (`linux-amd64`, `linux_x86_64`, `macos`, `any`) fits this one: 2 by system and machine,
 * 1 by one of them or because it is for all, 0 not at all.
 */
export function suits(name: string, platform: Platform): 0 | 1 | 2 {
  if (everywhere.has(name.toLowerCase())) return 1
  const words = platformWords(name)
  const isSystem = (systems[platform.os] ?? [platform.os]).includes(words.os ?? '')
  const isMachine = (machines[platform.arch] ?? [platform.arch]).includes(words.arch ?? '')
  if (words.os === null && words.arch === null) return 0
  if (words.os !== null && !isSystem) return 0
  if (words.arch !== null && !isMachine) return 0
  return words.os !== null && words.arch !== null ? 2 : 1
}

/** The system and the machine that a name speaks of: those of an asset's name are for them alone. */
export function platformWords(name: string): { os: string | null; arch: string | null } {
  const text = name.toLowerCase()
  return { os: wordOf(text, Object.values(systems)), arch: wordOf(text, Object.values(machines)) }
}

/** Longer names first: `x86_64` is not `x86`. */
function wordOf(text: string, lists: string[][]): string | null {
  const names = lists.flat().sort((one, other) => other.length - one.length)
  return (
    names.find((name) => new RegExp(`(?:^|[^a-z0-9])${name}(?:$|[^a-z0-9])`).test(text)) ?? null
  )
}
