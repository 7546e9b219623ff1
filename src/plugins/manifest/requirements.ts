import semver from 'semver'
import { ConflictError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import type { Manifest } from './parse.js'
import { type Platform, platformName, suits } from './platform.js'
import { isRecord, type Reader } from './reader.js'

/** What a plugin needs of where it runs. */
export interface Requirements {
  /** A range of versions of uDOS; null: any. */
  udos: string | null
  /** Names of platforms; empty: any. */
  platforms: string[]
}

/** `udos_version`; in the other dialect `runtime.requires` and `runtime.platform`. */
export function readRequirements(manifest: Reader): Requirements {
  const runtime = isRecord(manifest.value('runtime')) ? manifest.record('runtime') : null
  const requires = runtime?.value('requires')
  const named = isRecord(requires) ? runtime?.record('requires') : null
  const text = typeof requires === 'string' ? (runtime?.text('requires') ?? null) : null
  const udos = manifest.text('udos_version') ?? named?.text('udos') ?? named?.text('uDOS') ?? text
  if (udos !== null && rangeOf(udos) === null) {
    manifest.note('udos_version', `${oneLine(udos, 60)} is no range of versions`)
  }
  return { udos, platforms: runtime?.texts('platform') ?? [] }
}

/** `udos >=1.2`, `>=1.2` and `1.2` alike; null for what is no range. */
function rangeOf(text: string): string | null {
  const range = text.replace(/^udos\s*/i, '').trim()
  // A bare version is the least that is needed, as manifests mean it.
  const isBare = /^v?\d+(?:\.\d+){0,2}$/.test(range)
  return semver.validRange(isBare ? `>=${range.replace(/^v/, '')}` : range)
}

/**
 * @param udosVersion of plugins.yaml; null: not checked
 * @throws ConflictError where it does not go with that version of uDOS, or with this machine
 */
export function expectFit(
  { id, requirements: { udos, platforms } }: Pick<Manifest, 'id' | 'requirements'>,
  udosVersion: string | null,
  platform: Platform,
): void {
  const range = udos === null ? null : rangeOf(udos)
  const version =
    udosVersion === null ? null : semver.coerce(udosVersion, { includePrerelease: true })
  if (range !== null && version !== null && !satisfies(version.version, range)) {
    throw new ConflictError(
      `${id} needs uDOS ${oneLine(udos ?? '', 60)}, and this is ${udosVersion}`,
      {
        hint: 'take another version of the plugin, or set udos_version in plugins.yaml right',
      },
    )
  }
  if (platforms.length > 0 && !platforms.some((name) => suits(name, platform) > 0)) {
    throw new ConflictError(
      `${id} is for ${oneLine(platforms.join(', '), 100)}, and this is ${platformName(platform)}`,
    )
  }
}

/** Whether a version, semantic or nearly so (`20260104`), is in a range. Of what is no version it is not known: null. */
export function satisfies(version: string, range: string): boolean | null {
  const exact = semver.parse(version) ?? semver.coerce(version)
  if (exact === null || semver.validRange(range) === null) return null
  return semver.satisfies(exact, range, { includePrerelease: true })
}
