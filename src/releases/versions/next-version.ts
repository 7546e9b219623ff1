import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod/mini'
import { ConfigError } from '../../base/errors.js'
import { hasCode } from '../../base/fs/read.js'
import { parseJson } from '../../base/json.js'
import { oneLine } from '../../base/text.js'
import type { Component } from '../../config/files/components.js'
import type { Api } from '../../github/rest/api.js'
import { getFileBytes } from '../../github/rest/contents.js'
import { isVersion } from './versions.js'

/**
 * The version in a component's version_file.
 *
 * @param source the top of a work tree; null: GitHub's default branch
 * @returns null if the component has no version_file
 * @throws ConfigError if it can't be read, or names no version; GitHubNotFoundError
 */
export async function nextVersion(
  github: Api,
  component: Component,
  source: string | null,
): Promise<string | null> {
  const { owner, repo, versionFile } = component
  if (source !== null) return versionOfTree(component, source)
  if (versionFile === null) return null
  const bytes = await getFileBytes(github, owner, repo, versionFile)
  return parseVersionFile(bytes.toString('utf8'), versionFile)
}

/** The same, of a work tree. */
export async function versionOfTree(component: Component, source: string): Promise<string | null> {
  const { versionFile } = component
  if (versionFile === null) return null
  return parseVersionFile(await readText(component, join(source, versionFile)), versionFile)
}

async function readText({ name }: Component, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES')) throw error
    throw new ConfigError(`${path} can't be read`, {
      hint: `version_file of ${name} is relative to the top of the repository`,
      cause: error,
    })
  }
}

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
    throw new ConfigError(`${name} has no version`, {
      hint: 'expected {"version": "1.2.3"} or {"version": {"major": 1, "minor": 2, "patch": 3}}',
    })
  }
  const { version } = parsed.data
  if (isVersion(version)) return version
  throw new ConfigError(`${name}: ${oneLine(version, 100)} is not a semantic version`, {
    hint: 'write it as 1.2.3 or 1.2.3-rc.1: see https://semver.org',
  })
}
