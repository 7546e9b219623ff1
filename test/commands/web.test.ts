import { existsSync } from 'node:fs'
import { chmod, mkdir, rm } from 'node:fs/promises'
import { gitText, type Run } from 'local-github'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { endedRun, openActions } from '../support/actions.js'
import type { Workspace } from '../support/workspace.js'

let work: Workspace
let run: Run
let page: string

beforeAll(async () => {
  work = await openActions()
  page = `${work.github.gitUrl}/uDOS/engine`
  run = await endedRun(work)
  await work.wizard('RELEASE', 'CREATE', 'engine@v1.0.0', '--target', 'main')
  await script(
    'browser',
    `printf '%s\\n' "$#" "$@" "\${GITHUB_TOKEN-none}" > '${work.path('opened')}'`,
  )
  await script('failing', 'exit 3')
})
beforeEach(() => rm(work.path('opened'), { force: true }))
afterAll(() => work.close())

async function script(name: string, line: string): Promise<void> {
  await mkdir(work.path('bin'), { recursive: true })
  await work.write(`bin/${name}`, `#!/bin/sh\n${line}\n`)
  await chmod(work.path('bin', name), 0o755)
}

/** On a terminal, unless it has `columns: undefined`. */
const browse = (args: string[], env: Record<string, string> = {}, cwd = work.root) =>
  work.run(args, { cwd, columns: 80, env: { BROWSER: work.path('bin/browser'), ...env } })
const opened = async () => {
  if (!existsSync(work.path('opened'))) return null
  return (await work.read('opened')).trimEnd().split('\n')
}

describe('--web and BROWSE', () => {
  it.each<[string, string[], () => string]>([
    ['a repository', ['REPO', 'BROWSE', 'engine'], () => ''],
    ['a file', ['REPO', 'BROWSE', 'engine', './src/a b.ts'], () => '/tree/HEAD/src/a%20b.ts'],
    [
      'a file on a branch',
      ['REPO', 'BROWSE', 'uDOS/engine', 'a#b?', '--branch', 'feature/x'],
      () => '/tree/feature/x/a%23b%3F',
    ],
    ['a commit', ['REPO', 'BROWSE', 'engine', '--commit', 'abcd1234'], () => '/tree/abcd1234'],
    ['REPO VIEW', ['REPO', 'VIEW', 'engine', '--web'], () => ''],
    ['a run', ['WORKFLOW', 'VIEW', 'core/tests', '--web'], () => `/actions/runs/${run.id}`],
    [
      'an attempt of it',
      ['WORKFLOW', 'VIEW', 'engine/RUN_ID', '--attempt', '1', '--web'],
      () => `/actions/runs/${run.id}/attempts/1`,
    ],
    [
      'the runs of a workflow',
      ['WORKFLOW', 'RUNS', 'core/tests', '--branch', 'main', '--status', 'failure', '--web'],
      () => '/actions/workflows/tests.yml?query=branch%3Amain+is%3Afailure',
    ],
    ['all runs', ['WORKFLOW', 'RUNS', 'core', '--web'], () => '/actions'],
    ['a release', ['RELEASE', 'VIEW', 'engine', '--web'], () => '/releases/tag/v1.0.0'],
  ])('opens the page of %s, and prints its address', async (_name, args, path) => {
    const words = args.map((word) => word.replace('RUN_ID', String(run.id)))
    const { status, out } = await browse(words, { GITHUB_TOKEN: work.github.token })
    const address = `${page}${path()}`
    expect([status, out]).toEqual([0, `${address}\n`])
    // One argument, and no token.
    expect(await opened()).toEqual(['1', address, 'none'])
  })

  it('takes the clone around the current folder, or around another', async () => {
    await gitText(['clone', '-q', `${page}.git`, work.path('clone')])
    const inClone = await browse(['REPO', 'BROWSE'], {}, work.path('clone/.github'))
    const named = await browse(['REPO', 'BROWSE', './clone', '.github'])
    expect([inClone.out, named.out]).toEqual([`${page}\n`, `${page}/tree/HEAD/.github\n`])
    const { status, err } = await browse(['REPO', 'BROWSE', './config'])
    expect([status, err]).toEqual([2, expect.stringContaining('./config is not in a clone')])
  })

  it('prints the address only, off a terminal and without a browser', async () => {
    const env = { BROWSER: work.path('bin/browser') }
    const piped = await work.run(['REPO', 'BROWSE', 'engine'], { env })
    const json = await work.run(['REPO', 'VIEW', 'engine', '--web', '--json'], { env })
    expect([piped.out, json.json]).toEqual([`${page}\n`, { url: page }])
    expect(await opened()).toBeNull()
    for (const BROWSER of [work.path('bin/none'), work.path('bin/failing'), 'no-such-browser']) {
      const { status, shown } = await browse(['REPO', 'BROWSE', 'engine'], { BROWSER })
      expect([status, shown]).toEqual([0, `${page}\n`])
    }
  })

  it('reads $BROWSER as other tools do, and finds the browser of the system', async () => {
    const own = work.path('bin/browser')
    for (const BROWSER of [`no-such-browser:${own}`, `${own} --new %s --end`]) {
      await browse(['REPO', 'BROWSE', 'engine'], { BROWSER })
    }
    expect(await opened()).toEqual(['3', '--new', page, '--end', 'none'])
    await script('xdg-open', `exec '${own}' "$@"`)
    await script('open', `exec '${own}' "$@"`)
    await browse(['REPO', 'BROWSE', 'engine'], { BROWSER: '', PATH: `${work.path('bin')}:/bin` })
    expect(await opened()).toEqual(['1', page, 'none'])
  })

  it.each([
    'javascript:alert(1)',
    'https://example.com/uDOS/engine',
    'file:///etc/passwd',
    '--help',
  ])('never opens %s, which a server answers', async (url) => {
    const { json } = await work.wizard('API', 'GET', 'repos/uDOS/engine', '--json')
    const fault = work.github.fail({
      path: /\/repos\/uDOS\/engine$/,
      status: 200,
      body: { ...json, html_url: url },
    })
    const { status, out, err } = await browse(['REPO', 'VIEW', 'engine', '--web'])
    fault.remove()
    expect([status, out]).toEqual([6, ''])
    expect(err).toContain(`a page that is not on ${new URL(page).host}: ${url}`)
    expect(await opened()).toBeNull()
  })

  it.each<[string[], number, string]>([
    [['REPO', 'BROWSE', 'engine', '../../x'], 2, '../../x leads out of the repository'],
    [['REPO', 'BROWSE', 'engine', '--branch', '../x'], 2, 'not a branch or tag: ../x'],
    [['REPO', 'BROWSE', 'engine', '--commit', 'main'], 2, 'not a commit id: main'],
    [['REPO', 'BROWSE', 'engine', '--commit', 'abcd', '--branch', 'x'], 2, 'exclude each other'],
    [['REPO', 'VIEW', 'none', '--web'], 3, 'uDOS/none'],
    [['WORKFLOW', 'RUNS', 'core', '--commit', 'main', '--web'], 2, 'has no filter by commit'],
  ])('refuses %j', async (args, status, message) => {
    const { status: got, err } = await browse(args)
    expect([got, err]).toEqual([status, expect.stringContaining(message)])
    expect(await opened()).toBeNull()
  })
})
