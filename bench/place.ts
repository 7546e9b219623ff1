import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { hermetic } from 'local-github'
import { stringify } from 'yaml'
import type { Command } from './measure.js'
import { type RemoteGitHub, startBenchGitHub } from './server.js'

/** A GitHub in its own process, and a folder for wizard, git and their clones. */
export interface Place {
  github: RemoteGitHub
  path(...parts: string[]): string
  /** A repository's address, without a credential. */
  url(name: string): string
  /** Replaces a root's configuration and its repos.yaml: full names by destination. */
  configure(root: string, repositories: Record<string, string>, depth?: number): Promise<void>
  wizard(root: string, ...args: string[]): Command
  git(...args: string[]): Command
  /**
   * Makes the indexes younger than every file, as they are some time after a clone: nothing in them
   * is racy.
   */
  settle(folders: string[]): Promise<void>
  /** gh, which speaks plain HTTP only to this host: the local GitHub is its proxy. */
  gh(...args: string[]): Command
  /** Any other program, with git's environment. */
  program(argv: Command['argv'], input?: string): Command
}

/**
 * Opens a place and removes it at the end, never between two measurements, because that would slow
 * them down.
 */
export async function withPlace<T>(work: (place: Place) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'wizard-bench-'))
  const { github, stop } = startBenchGitHub()
  try {
    return await work(await openPlace(folder, github))
  } finally {
    await stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

const executable = resolve('bin/wizard.js')

async function openPlace(folder: string, github: RemoteGitHub): Promise<Place> {
  const { apiUrl, gitUrl, token } = await github.addresses()
  const path = (...parts: string[]) => join(folder, ...parts)
  const env = { ...hermetic, HOME: folder }
  const ghEnvironment = {
    GH_HOST: 'github.localhost',
    GH_TOKEN: token,
    GH_CONFIG_DIR: path('gh'),
    GH_NO_UPDATE_NOTIFIER: '1',
    HTTP_PROXY: apiUrl,
    http_proxy: apiUrl,
  }
  return {
    github,
    path,
    url: (name) => `${gitUrl}/${name}.git`,
    async configure(root, repositories, depth) {
      const entries = Object.entries(repositories).map(([destination, repo]) => ({
        repo,
        destination,
        depth,
      }))
      await mkdir(path(root, 'config'), { recursive: true })
      const settings = { token, base_url: apiUrl, git_url: gitUrl }
      await writeFile(path(root, 'config/github.yaml'), stringify({ github: settings }))
      await writeFile(path(root, 'config/repos.yaml'), stringify({ repos: { bench: entries } }))
    },
    wizard: (root, ...args) => ({
      argv: [process.execPath, executable, ...args],
      cwd: path(root),
      env: { PATH: hermetic.PATH ?? '', HOME: folder },
    }),
    async settle(folders) {
      const soon = Date.now() / 1000 + 1
      for (const folder of folders) await utimes(join(folder, '.git/index'), soon, soon)
    },
    git: (...args) => ({ argv: ['git', ...args], cwd: folder, env }),
    gh: (...args) => ({ argv: ['gh', ...args], cwd: folder, env: { ...env, ...ghEnvironment } }),
    program: (argv, input) => ({ argv, cwd: folder, env, input }),
  }
}
