import { z } from 'zod/mini'
import { ConfigError } from '../../base/errors.js'
import { parseJson } from '../../base/json.js'
import { oneLine } from '../../base/text.js'
import { isVersion } from './versions.js'

const number = z.int().check(z.nonnegative())

/** `{"version":"1.2.3"}`, as in package.json, or `{"version":{"major":1,"minor":2,"patch":3}}`. */
const versionFile = z.object({
  version: z.union([
    z.string(),
    z.pipe(
      z.object({
        major: number,
        minor: number,
        patch: number,
        prerelease: z.nullish(z.string()),
        build: z.nullish(z.union([z.string(), number])),
      }),
      z.transform(({ major, minor, patch, prerelease, build }) => {
        const core = `${major}.${minor}.${patch}`
        return `${core}${prerelease ? `-${prerelease}` : ''}${build ? `+${build}` : ''}`
      }),
    ),
  ]),
})

/**
 * The version in a version file.
 *
 * @param name the file's name in messages
 * @throws ConfigError if it is not JSON, or has no semantic version
 */
export function parseVersionFile(text: string, name: string): string {
  const parsed = versionFile.safeParse(parseJson(text, name))
  if (!parsed.success) {
    throw new ConfigError(`${name} names no version`, {
      hint: 'expected {"version": "1.2.3"} or {"version": {"major": 1, "minor": 2, "patch": 3}}',
    })
  }
  const { version } = parsed.data
  if (isVersion(version)) return version
  throw new ConfigError(`${name}: ${oneLine(version, 100)} is not a semantic version`, {
    hint: 'write it as 1.2.3 or 1.2.3-rc.1: see https://semver.org',
  })
}
