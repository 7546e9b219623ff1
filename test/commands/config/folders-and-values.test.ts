// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of YAML, not of JavaScript
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { openWorkspace, type Workspace } from '../../support/workspace.js'

let work: Workspace
let servers: { base_url: string; git_url: string }

beforeAll(async () => {
  work = await openWorkspace()
  await work.github.addRepository('uDOS/typo', { files: { 'a.txt': 'one\n' }, private: true })
  servers = { base_url: work.github.apiUrl, git_url: work.github.gitUrl }
})
afterAll(() => work.close())

/** A folder of files outside the workspace. */
async function files(folder: string, all: Record<string, unknown>) {
  for (const [name, content] of Object.entries(all)) {
    const file = work.path(folder, name)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, typeof content === 'string' ? content : stringify(content))
  }
}
const github = (more: Record<string, unknown> = {}) => ({
  github: { token: work.github.token, owner: 'uDOS', ...servers, ...more },
})
const one = (more: Record<string, unknown> = {}) => ({ repos: { a: [{ repo: 'typo', ...more }] } })
const listed = async (cwd: string, env: Record<string, string> = {}, ...args: string[]) => {
  const run = await work.run(['REPO', 'LIST', '--local', '--json', ...args], {
    cwd: work.path(cwd),
    env,
  })
  return run.status === 0 ? run.json[0].path : run.err
}

describe('the folder of the files', () => {
  it('is the first of --config, WIZARD_CONFIG, those here and above, and the own one', async () => {
    const homes = ['flag', 'variable', 'far/config', 'near/wizard/config', 'xdg/wizard']
    for (const folder of homes)
      await files(folder, { 'repos.yaml': one(), 'github.yaml': github() })
    await mkdir(work.path('far/a/b'), { recursive: true })
    await mkdir(work.path('near/a/b'), { recursive: true })
    await mkdir(work.path('none'), { recursive: true })
    const env = {
      XDG_CONFIG_HOME: work.path('xdg'),
      XDG_DATA_HOME: work.path('data'),
      WIZARD_CONFIG: work.path('variable'),
    }
    const { WIZARD_CONFIG: _, ...own } = env
    const at = (root: string) => work.path(root, 'library/a/typo')
    expect(await listed('far/a/b', env, '--config', '../../../flag')).toBe(at('flag'))
    expect(await listed('far/a/b', env)).toBe(at('variable'))
    expect(await listed('far/a/b', own)).toBe(at('far'))
    expect(await listed('near/a/b', own)).toBe(at('near'))
    // Above `none` is the workspace's own config/, which has no repos.yaml: the first folder wins
    // completely.
    expect(await listed('none', own)).toMatch(/.*config\/repos\.yaml does not exist/)
    expect(await listed('/', own)).toMatch(/does not exist/)
  })

  it('of the user has its ROOT among the user’s data', async () => {
    const elsewhere = await mkdtemp(`${tmpdir()}/wizard-e2e-`)
    const env = { XDG_CONFIG_HOME: work.path('xdg'), XDG_DATA_HOME: work.path('data') }
    const run = await work.run(['REPO', 'LIST', '--local', '--json'], { cwd: elsewhere, env })
    expect(run.json[0].path).toBe(work.path('data/wizard/library/a/typo'))
    expect(await readdir(elsewhere)).toEqual([])
    await rm(elsewhere, { recursive: true })
  })
})

describe('ROOT and destinations', () => {
  it('--root before WIZARD_ROOT before root:', async () => {
    await files('rooted/config', {
      'github.yaml': { ...github(), root: 'by-file' },
      'repos.yaml': one(),
    })
    const at = (root: string) => work.path(root, 'library/a/typo')
    for (const name of ['by-variable', 'by-flag']) await mkdir(work.path('rooted', name))
    expect(await listed('rooted')).toBe(at('rooted/by-file'))
    expect(await listed('rooted', { WIZARD_ROOT: 'by-variable' })).toBe(at('rooted/by-variable'))
    const flag = ['--root', 'by-flag']
    expect(await listed('rooted', { WIZARD_ROOT: 'by-variable' }, ...flag)).toBe(
      at('rooted/by-flag'),
    )
  })

  it.each([
    ['/library/x', 'library/x'],
    ['library/x', 'library/x'],
    ['./a/../x', 'x'],
  ])('%s is inside ROOT', async (destination, path) => {
    await files('inside/config', { 'github.yaml': github(), 'repos.yaml': one({ destination }) })
    expect(await listed('inside')).toBe(work.path('inside', path))
  })

  it('root: / makes it literal', async () => {
    const destination = work.path('literal-here')
    await files('literal/config', {
      'github.yaml': { ...github(), root: '/' },
      'repos.yaml': one({ destination }),
    })
    expect(await listed('literal')).toBe(destination)
  })

  it('one that leads out is refused, naming the place', async () => {
    await files('out/config', {
      'github.yaml': github(),
      'repos.yaml': one({ destination: '../../x' }),
    })
    const run = await work.run(['REPO', 'SYNC'], { cwd: work.path('out') })
    expect(run.status).toBe(2)
    expect(run.err).toMatch(/^error: config\/repos\.yaml:\d+:\d+: .*\.\.\/\.\.\/x/)
  })
})

describe('values', () => {
  const view = (cwd: string, env: Record<string, string> = {}) =>
    work.run(['REPO', 'VIEW', 'typo'], { cwd: work.path(cwd), env })

  it('${NAME} comes from the environment, then from .env; with a default', async () => {
    await files('vars/config', {
      'github.yaml': github({ token: '${MY_TOKEN}', owner: '${MY_OWNER:-uDOS}' }),
      '.env': `MY_TOKEN=${work.github.token}\nPATH=/nowhere\n`,
    })
    expect((await view('vars')).status).toBe(0)
    expect((await view('vars', { MY_TOKEN: 'ghp_wrong' })).status).toBe(4)
    expect((await view('vars', { MY_OWNER: 'nobody' })).status).toBe(3)
  })

  it('an unset one that is needed names file, line and key', async () => {
    await files('unset/config', {
      'github.yaml': github({ token: '${NOT_SET_EITHER}' }),
      'repos.yaml': one({ branch: '${NOT_SET}' }),
    })
    const { status, err } = await work.run(['REPO', 'SYNC'], { cwd: work.path('unset') })
    expect(status).toBe(2)
    expect(err).toMatch(/^error: config\/repos\.yaml:4:15: .*branch.*NOT_SET\b/)
    // Only private repositories need a token.
    expect((await view('unset')).status).toBe(3)
  })

  it('WIZARD_* overrides the file; gh is asked where nothing names a token', {
    tags: ['deep'],
  }, async () => {
    await files('env/config', { 'github.yaml': github({ token: undefined }) })
    expect((await view('env', { WIZARD_TOKEN: work.github.token })).status).toBe(0)
    expect((await view('env')).status).toBe(3)
    await files('bin', {
      gh: `#!/bin/sh\n[ "$*" = "auth token --hostname ${new URL(servers.git_url).hostname}" ] && echo ${work.github.token}\n`,
    })
    await chmod(work.path('bin/gh'), 0o755)
    const PATH = `${work.path('bin')}:${process.env.PATH}`
    expect((await view('env', { PATH })).status).toBe(0)
  })

  it('without any configuration owner and token come from the environment, logs go to the state folder', async () => {
    const run = await work.run(['REPO', 'VIEW', 'uDOS/typo', '--json'], {
      cwd: '/',
      env: {
        HOME: work.path('home'),
        XDG_STATE_HOME: work.path('state'),
        GITHUB_TOKEN: work.github.token,
        GITHUB_API_URL: servers.base_url,
      },
    })
    expect([run.status, run.err]).toEqual([0, ''])
    expect(run.json.full_name).toBe('uDOS/typo')
    expect((await readdir(work.path('state/wizard/logs')))[0]).toMatch(/^github-api-/)
  })

  it('logs older than logs_keep_days go, and nothing else', async () => {
    await files('old/config', { 'github.yaml': { ...github(), logs_keep_days: 30 } })
    const names = [
      'github-sync-2020-01-01.log',
      'github-api-2020-01-01.log.gz',
      'notes-2020-01-01.log',
    ]
    await files('old/memory/logs', Object.fromEntries(names.map((name) => [name, 'x\n'])))
    await view('old')
    const left = await readdir(work.path('old/memory/logs'))
    expect(left.filter((name) => name.includes('2020'))).toEqual([...names.slice(1)])
  })

  it('a log that can not be written is a warning', async () => {
    await files('logs/config', { 'github.yaml': { ...github(), logs: 'a-file/logs' } })
    await files('logs', { 'a-file': '' })
    const { status, err, out } = await view('logs')
    expect(status).toBe(0)
    expect(err).toMatch(/^warning: can't write the log/)
    expect(out).toMatch(/^name\ttypo$/m)
  })
})
