import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { inShell } from '../support/shell.js'
import { bareEnvironment, runWizard } from '../support/wizard.js'
import { openWorkspace } from '../support/workspace.js'

it('says that it is not built', async () => {
  const copy = await mkdtemp(join(tmpdir(), 'wizard-not-built-'))
  try {
    await cp(join(import.meta.dirname, '../../bin'), join(copy, 'bin'), { recursive: true })
    const run = promisify(execFile)(process.execPath, ['bin/wizard.js', 'REPO', '--help'], {
      cwd: copy,
      env: bareEnvironment(copy),
    })
    await expect(run).rejects.toMatchObject({
      code: 1,
      stderr: 'error: wizard is not built\nhint: npm run build\n',
    })
  } finally {
    await rm(copy, { recursive: true })
  }
})

it('--version is the version alone', { tags: ['deep'] }, async () => {
  const { version } = JSON.parse(
    await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  for (const argv of [['--version'], ['repo', '--version']]) {
    const { out, err, status } = await runWizard(argv, { cwd: tmpdir() })
    expect([out, err, status]).toEqual([`${version}\n`, '', 0])
  }
})

/** Node's modules that take long to load. */
const large = ['crypto', 'http', 'https', 'tls', 'child_process', 'worker_threads']

/** @returns the modules of node that the command has loaded, and its output */
async function loadedBy(argv: string[], cwd: string): Promise<{ out: string; loaded: string[] }> {
  const names = `process.moduleLoadList.map((name) => name.replace('NativeModule ', ''))`
  const list = `process.on('exit', () => console.error(JSON.stringify(${names})))`
  const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(list)}`]
  const { out, err } = await runWizard(argv, { cwd, nodeArgs })
  const loaded: string[] = JSON.parse(err)
  expect(loaded).toContain('fs')
  return { out, loaded: loaded.filter((name) => large.includes(name)) }
}

it("help loads none of node's large modules", async () => {
  const { out, loaded } = await loadedBy(['REPO', '--help'], tmpdir())
  expect(out).toContain('REPO')
  expect(loaded).toEqual([])
})

it('neither does the offline status of a clone', { tags: ['deep'] }, async () => {
  const root = await mkdtemp(join(tmpdir(), 'wizard-status-'))
  try {
    await mkdir(join(root, 'config'))
    const entry = '{ owner: uDOS, repo: typo, destination: typo }'
    await writeFile(join(root, 'config/repos.yaml'), `repos:\n  all:\n    - ${entry}\n`)
    const git = (...args: string[]) => inShell(['git', ...args], { cwd: root })
    const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.com']
    git('init', '--quiet', '--initial-branch=main', 'typo')
    git('-C', 'typo', 'remote', 'add', 'origin', 'https://github.com/uDOS/typo.git')
    git('-C', 'typo', ...identity, 'commit', '--quiet', '--allow-empty', '-m', 'one')
    // A loose object is verified by its hash.
    git('-C', 'typo', 'gc', '--quiet')
    const { out, loaded } = await loadedBy(['REPO', 'STATUS', '--offline'], root)
    expect(out).toContain('uDOS/typo')
    expect(loaded).toEqual([])
  } finally {
    await rm(root, { recursive: true })
  }
})

it('isomorphic-git is loaded only where it is the engine', { tags: ['deep'] }, async () => {
  const work = await openWorkspace()
  try {
    await work.github.addRepository('uDOS/typo', { files: { a: 'a\n' } })
    const list = `process.on('exit', () => console.error(Object.keys(Module._cache).join('\\n')))`
    const watch = `import Module from 'node:module';${list}`
    const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(watch)}`]
    const loads = async (engine: string) => {
      const env = { WIZARD_GIT_ENGINE: engine }
      const { status, err } = await work.spawn(['REPO', 'CLONE', 'typo', engine], { env, nodeArgs })
      expect([status, err]).toEqual([0, expect.stringMatching(/chunks.clone/)])
      return /isomorphic/.test(err)
    }
    expect([await loads('wizard'), await loads('isomorphic-git')]).toEqual([false, true])
  } finally {
    await work.close()
  }
})
