import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { WizardError } from '../../src/base/errors.js'
import { type Config, loadConfig } from '../../src/config/load.js'
import type { ConfigFileName, ConfigRequest } from '../../src/config/locate/folder.js'

/**
 * Files by their path in the project's folder; `${top}` in a path of flags or variables means that
 * folder.
 */
export interface Project {
  files?: Record<string, string | Buffer>
  env?: Record<string, string>
  flags?: { config?: string; root?: string }
  /** The command's current folder, in the project's folder. */
  cwd?: string
}

export async function temporaryFolder(): Promise<string> {
  const top = await realpath(await mkdtemp(join(tmpdir(), 'wizard-config-')))
  onTestFinished(() => rm(top, { recursive: true, force: true }))
  return top
}

/** Writes a project into its own folder; `home` is another one beside it. */
export async function makeProject({ files = {}, env = {}, flags, cwd = '' }: Project) {
  const base = await temporaryFolder()
  const [top, home] = [join(base, 'project'), join(base, 'home')]
  await mkdir(join(top, cwd), { recursive: true })
  await mkdir(home)
  for (const [name, content] of Object.entries(files)) {
    const path = name.startsWith('~/') ? join(home, name.slice(2)) : join(top, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  }
  const request: ConfigRequest = { cwd: join(top, cwd), env, home, flags }
  return { top, home, request }
}

export async function load(project: Project): Promise<Config & { top: string; home: string }> {
  const { request, top, home } = await makeProject(project)
  return { ...(await loadConfig(request)), top, home }
}

const readers = {
  github: async () => undefined,
  repos: (config: Config) => config.repos(),
  components: (config: Config) => config.components(),
  webhooks: (config: Config) => config.webhooks(),
  plugins: (config: Config) => config.plugins(),
} satisfies Record<ConfigFileName, (config: Config) => Promise<unknown>>

/** The error of reading one file, which must be a WizardError. */
export async function failure(
  request: ConfigRequest,
  name: ConfigFileName = 'github',
): Promise<WizardError> {
  try {
    await readers[name](await loadConfig(request))
  } catch (error) {
    if (error instanceof WizardError) return error
    throw error
  }
  throw new Error(`${name}.yaml was taken, though it is wrong`)
}
