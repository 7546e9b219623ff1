import type { Reader } from './reader.js'

/** How a plugin is installed. */
export interface Installation {
  /** `binary`, `npm`, `pip`, `source`, `apk`; null: not given. */
  method: string | null
  /** An asset's name or address, by platform. */
  sources: ReadonlyMap<string, string>
  /** By platform, without empty ones. */
  checksums: ReadonlyMap<string, string>
  /** Shell lines that wizard shows, and never runs. */
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
      reader.note(`checksums.${platform}`, 'neither SHA-256 nor SHA-512: not checked')
    }
  }
  return { method, sources, checksums, postInstall: reader.texts('post_install') }
}

export interface Checksum {
  algorithm: 'sha256' | 'sha512'
  /** Hexadecimal digits in lower case. */
  hex: string
}

/** `sha256:HEX`, `sha512:HEX`, or just the digits; null for anything else. */
export function parseChecksum(text: string): Checksum | null {
  const [, named, hex = ''] = /^(?:(sha-?256|sha-?512)[:=-])?([0-9a-f]+)$/i.exec(text.trim()) ?? []
  const algorithm = { 64: 'sha256', 128: 'sha512' }[hex.length] as Checksum['algorithm'] | undefined
  const isAsNamed = named === undefined || named.toLowerCase().replace('-', '') === algorithm
  return algorithm !== undefined && isAsNamed ? { algorithm, hex: hex.toLowerCase() } : null
}

/** In Node's names. */
export interface Platform {
  /** `linux`, `darwin`, `win32` … */
  os: string
  /** `x64`, `arm64` … */
  arch: string
}

/** The names in manifests and asset names, the usual one first. */
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

/** `linux-amd64`, as in manifests. */
export const platformName = ({ os, arch }: Platform): string =>
  `${systems[os]?.[0] ?? os}-${machines[arch]?.[0] ?? arch}`

/**
 * How well a platform name (`linux-amd64`, `linux_x86_64`, `macos`, `any`) matches this one: 2 by
 * system and machine, 1 by one of them or because it is for all, 0 not at all.
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

/** Whether two names mean the same platform: `linux-amd64` and `linux_x86_64`, `any` and `all`. */
export function isSamePlatform(one: string, other: string): boolean {
  if (one.toLowerCase() === other.toLowerCase()) return true
  if (everywhere.has(one.toLowerCase())) return everywhere.has(other.toLowerCase())
  const [here, there] = [platformWords(one), platformWords(other)]
  const isNamed = here.os !== null || here.arch !== null
  return isNamed && isAlias(systems, here.os, there.os) && isAlias(machines, here.arch, there.arch)
}

const isAlias = (lists: Record<string, string[]>, one: string | null, other: string | null) =>
  one === other ||
  Object.values(lists).some((names) => [one, other].every((name) => names.includes(name ?? '')))

/** The system and machine in a name. An asset with such words is for these only. */
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
