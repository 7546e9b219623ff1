import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../../base/errors.js'
import { hasCode } from '../../base/fs/read.js'
import type { Component } from '../../config/files/components.js'
import type { Api } from '../../github/rest/api.js'
import { getFileBytes } from '../../github/rest/contents.js'
import { parseVersionFile } from './version-file.js'

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
