import { spawn } from 'node:child_process'
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LocalGitHub, startLocalGitHub } from 'local-github'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { stringify } from 'yaml'
import { nouns } from '../../src/commands/index.js'
import { type Ended, ended } from '../support/wizard.js'
import { snapshot } from '../support/workspace.js'
import { playDemo } from './support/demo.js'

const consumer = inject('consumer')
const installed = join(consumer, 'node_modules/udos-wizard')
const isRoot = process.getuid?.() === 0

/** This user with a home, and a user without one, whom no file of the system names. */
const users = [
  { who: 'this user', uid: undefined },
  { who: 'another user, without a home', uid: 54_321 },
]

let github: LocalGitHub
beforeAll(async () => {
  github = await startLocalGitHub()
  const workflow = 'name: Tests\non: workflow_dispatch\njobs: { unit: { steps: [{ run: a }] } }\n'
  const files = { 'a.txt': 'one\n', '.github/workflows/tests.yml': workflow }
  await github.addRepository('uDOS/core', { files })
  github.actions.onDispatch((run) => github.actions.finish(run))
})
afterAll(() => github.close())

interface Place {
  root: string
  env: Record<string, string>
  node(...args: string[]): Promise<Ended>
}

async function openPlace(node: string, uid: number | undefined): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), 'wizard-node-'))
  await chmod(root, 0o755)
  await mkdir(join(root, 'config'))
  await mkdir(join(root, 'tmp'))
  await symlink(join(consumer, 'node_modules'), join(root, 'node_modules'))
  const { apiUrl: base_url, gitUrl: git_url, token } = github
  const settings = { token, owner: 'uDOS', base_url, git_url }
  await writeFile(join(root, 'config/github.yaml'), stringify({ github: settings }))
  const repos = { all: [{ repo: 'core', destination: 'core' }] }
  await writeFile(join(root, 'config/repos.yaml'), stringify({ repos }))
  if (uid !== undefined)
    for (const path of ['', 'config', 'tmp']) await chown(join(root, path), uid, uid)
  const home: Record<string, string> = uid === undefined ? { HOME: root } : {}
  const env = { PATH: '/usr/bin:/bin', TMPDIR: join(root, 'tmp'), GITHUB_TOKEN: token, ...home }
  const as = uid === undefined ? {} : { uid, gid: uid }
  const run = (...args: string[]) =>
    ended(spawn(node, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], ...as }))
  return { root, env, node: run }
}

/**
 * Every file of the bundle, used or not: `import` and `require` throw if this node can't read it.
 */
const loadAll = `
  const { readdirSync } = require('node:fs')
  const all = (folder, end) => readdirSync(folder).filter((name) => name.endsWith(end)).map((name) => folder + '/' + name)
  const dist = process.argv[1]
  for (const file of all(dist + '/cli/chunks', '.cjs')) require(file)
  Promise.all(all(dist + '/chunks', '.js').map((file) => import(file))).then((list) => console.log(list.length))`

/** The example of the README, against the local GitHub. */
async function example(root: string): Promise<string> {
  const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8')
  const [, code = ''] = /## As a library\n+```ts\n([\s\S]*?)```/.exec(readme) ?? []
  const { apiUrl: baseUrl, gitUrl } = github
  const addresses = JSON.stringify({ baseUrl, gitUrl }).slice(1, -1)
  return code
    .replace('process.env.GITHUB_TOKEN }', `process.env.GITHUB_TOKEN, ${addresses} }`)
    .replace('/srv/udos', root)
}

for (const [major, found] of Object.entries(inject('nodes'))) {
  for (const { who, uid } of users) {
    it(`works on node ${major} for ${who}, and leaves its own folder as it is`, async ({
      skip,
    }) => {
      if ('missing' in found) return skip(found.missing)
      if (uid !== undefined && !isRoot) return skip('only root can be another user')
      const before = await snapshot(installed)
      const place = await openPlace(found.path, uid)
      try {
        await expectWhole(place)
        await expectCache(place, { major: Number(major), hasHome: uid === undefined })
      } finally {
        await rm(place.root, { recursive: true })
      }
      expect(await snapshot(installed)).toEqual(before)
    })
  }
}

for (const [major, found] of Object.entries(inject('nodes'))) {
  it(`the demo shows what it promises on node ${major}`, async ({ skip }) => {
    if ('missing' in found) return skip(found.missing)
    expect(await playDemo(found.path)).toContain('All is as it should be.')
  })
}

async function expectWhole({ root, node }: Place): Promise<void> {
  const bin = join(installed, 'bin/wizard.js')
  const out = async (...args: string[]) => {
    const { status, out, err } = await node(...args)
    expect({ status, err }, args.join(' ')).toEqual({ status: 0, err: '' })
    return out
  }
  const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
  expect(await out(bin, '--version')).toBe(`${version}\n`)
  for (const { name } of nouns)
    expect(await out(bin, name, '--help')).toContain(`wizard ${name.toUpperCase()}`)
  expect(Number(await out('--eval', loadAll, join(installed, 'dist')))).toBeGreaterThan(50)
  const synced = JSON.parse(await out(bin, 'REPO', 'SYNC', '--json'))
  expect(synced).toMatchObject({ repositories: [{ status: 'cloned' }] })
  expect(await readFile(join(root, 'core/a.txt'), 'utf8')).toBe('one\n')
  const [status] = JSON.parse(await out(bin, 'REPO', 'STATUS', '--json'))
  expect(status).toMatchObject({ state: 'up-to-date' })
  const said = await node('--input-type=module', '--eval', await example(root))
  expect(said).toMatchObject({
    status: 0,
    out: expect.stringMatching(/^1 of 1 in step\nsuccess http/),
  })
}

/**
 * From Node 22 on, V8's code is cached in the user's own folder; for a user without one, nothing is
 * cached anywhere.
 */
async function expectCache(
  { root }: Place,
  { major, hasHome }: { major: number; hasHome: boolean },
) {
  expect(await readdir(join(root, 'tmp'))).toEqual([])
  const kept = await readdir(join(root, '.cache/wizard'), { recursive: true }).catch(() => [])
  if (major < 22 || !hasHome) expect(kept).toEqual([])
  else expect(kept.length).toBeGreaterThan(10)
}
