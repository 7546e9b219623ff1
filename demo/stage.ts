import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gitText, type LocalGitHub, startLocalGitHub } from 'local-github'
import { addPlugins } from './plugin.js'
import { addComponent, components } from './release.js'
import { addRepositories } from './repositories.js'
import { addWorkflow } from './workflow.js'

/** Absolute paths. */
export interface Program {
  node?: string | undefined
  wizard?: string | undefined
}

/** A GitHub on loopback ports, a folder with wizard's configuration, and the executable. */
export class Stage {
  readonly github: LocalGitHub
  /** Full names, without archived repositories. */
  readonly repositories: string[]
  readonly #root: string
  readonly #program: Required<Program>
  #running: ChildProcess | undefined
  #service: ChildProcess | undefined

  /** @param program how to start wizard; default: this checkout's own, by this node */
  static async open(program: Program = {}): Promise<Stage> {
    const project = process.cwd()
    const github = await startLocalGitHub()
    const root = await mkdtemp(join(tmpdir(), 'wizard-demo-'))
    const repositories = await addRepositories(github, project)
    await addWorkflow(github)
    await addComponent(github)
    await addPlugins(github)
    await configure(github, root, repositories)
    const { node = process.execPath, wizard = join(project, 'bin/wizard.js') } = program
    return new Stage({ github, root, program: { node, wizard }, repositories })
  }

  private constructor(parts: {
    github: LocalGitHub
    root: string
    program: Required<Program>
    repositories: string[]
  }) {
    this.github = parts.github
    this.repositories = parts.repositories
    this.#root = parts.root
    this.#program = parts.program
  }

  /** Runs the executable and shows its output as it comes. @returns its exit status */
  async wizard(...args: string[]): Promise<number> {
    const child = this.#spawn(args, 'inherit')
    this.#running = child
    const [status] = await once(child, 'exit')
    this.#running = undefined
    return status
  }

  /** Starts the executable beside all that follows, once its output has this. */
  async start(isReady: RegExp, ...args: string[]): Promise<void> {
    const child = this.#spawn(args, ['ignore', 'pipe', 'inherit'])
    this.#service = child
    for await (const chunk of child.stdout?.setEncoding('utf8') ?? []) {
      process.stdout.write(chunk)
      if (isReady.test(chunk)) return
    }
    throw new Error(`wizard ${args.join(' ')} ended before it was ready`)
  }

  /** Ends what `start` has started. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    const child = this.#service
    this.#service = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    console.log(`$ kill -${signal.slice(3)} …`)
    child.kill(signal)
    await once(child, 'exit')
  }

  /** A path below the folder in which wizard runs. */
  readonly path = (name: string): string => join(this.#root, name)

  /** The folder of a repository's clone. */
  readonly folder = (name: string): string => join(this.#root, 'library', name)

  git(name: string, ...args: string[]): Promise<string> {
    return gitText(['-C', this.folder(name), ...args])
  }

  /** The server's requests during an action. */
  async requestsDuring(action: () => Promise<unknown>) {
    const before = this.github.requests.length
    await action()
    const made = this.github.requests.slice(before)
    const git = made.filter(({ origin }) => origin === 'git')
    const repositories = git.map(({ path }) => path.split('/').slice(1, 3).join('/'))
    return {
      api: made.filter(({ origin }) => origin === 'api').length,
      /** The repositories with a git connection. */
      git: [...new Set(repositories.map((name) => name.replace(/\.git$/, '')))],
    }
  }

  /** Interrupts the executable if it runs. */
  interrupt(): void {
    this.#running?.kill('SIGINT')
  }

  async close(): Promise<void> {
    await this.stop('SIGKILL')
    await this.github.close()
    await rm(this.#root, { recursive: true, force: true, maxRetries: 3 })
  }

  #spawn(args: string[], stdio: StdioOptions): ChildProcess {
    console.log(`$ wizard ${args.join(' ')}`)
    const { node, wizard } = this.#program
    return spawn(node, [wizard, ...args], { cwd: this.#root, env: this.#environment(), stdio })
  }

  /** No personal token or settings, only those of this GitHub. */
  #environment(): NodeJS.ProcessEnv {
    const kept = Object.entries(process.env).filter(
      ([name]) => !/^(GH|GITHUB|WIZARD|XDG)_|_proxy$/i.test(name),
    )
    return { ...Object.fromEntries(kept), HOME: this.#root, GITHUB_TOKEN: this.github.token }
  }
}

async function configure(github: LocalGitHub, root: string, repositories: string[]): Promise<void> {
  const config = join(root, 'config')
  await mkdir(config)
  const addresses = `  base_url: ${github.apiUrl}\n  git_url: ${github.gitUrl}\n`
  await writeFile(join(config, 'github.yaml'), `github:\n${addresses}`)
  await writeFile(join(config, 'components.yaml'), components)
  const entries = repositories
    .filter((name) => !name.startsWith('ollama/'))
    .map((name) => `    - { repo: ${name}, destination: library/${name} }\n`)
  const listed = '    - { from: ollama, archived: false, destination: "library/{owner}/{repo}" }\n'
  await writeFile(
    join(config, 'repos.yaml'),
    `repos:\n  tools:\n${entries.join('')}  models:\n${listed}`,
  )
}

export async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}
