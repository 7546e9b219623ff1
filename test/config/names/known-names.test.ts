// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of YAML, not of JavaScript
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openNames } from '../../../src/config/names/known-names.js'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'wizard-names-'))
  await mkdir(join(root, 'cache'), { mode: 0o700 })
})
afterEach(() => rm(root, { recursive: true, force: true }))

const path = (...parts: string[]) => join(root, ...parts)

async function write(name: string, text: string) {
  await mkdir(dirname(path(name)), { recursive: true })
  await writeFile(path(name), text)
}

/** As one Tab has them. */
const names = (env: Record<string, string> = {}, cache: string | null = path('cache')) =>
  openNames({ cwd: root, env, home: path('home') }, () => cache)

const repositories = async (env?: Record<string, string>) =>
  (await names(env).repositories()).map(({ owner, repo, group }) => `${group} ${owner}/${repo}`)

describe('the names of a configuration', () => {
  it('are those of its files, whatever YAML they are written in', async () => {
    await write('config/github.yaml', 'github: &all { owner: uDOS }\nroot: ${PLACE:-elsewhere}\n')
    await write(
      'config/repos.yaml',
      'repos:\n  tools:\n  - repo: typo\n  - { repo: ollama/x }\n  "a b":\n  - repo: >-\n      folded\n  - 1\n  none:\n',
    )
    await write(
      'config/components.yaml',
      'components:\n  core: { repo: uDOS, workflows: { tests: tests.yml, nightly: { file: n.yml, ref: main } } }\n  bare: 1\n',
    )
    await write(
      'config/webhooks.yaml',
      'webhooks:\n  handlers:\n    push:\n    - { action: exec, name: build }\n    - action: sync_repo\n',
    )
    expect(await repositories()).toEqual(['tools uDOS/typo', 'tools ollama/x', 'a b uDOS/folded'])
    expect(await names().components()).toEqual([
      { name: 'core', repo: 'uDOS', workflows: { tests: 'tests.yml', nightly: 'n.yml' } },
      { name: 'bare', repo: '', workflows: {} },
    ])
    expect(await names().handlers()).toEqual(['build', 'sync_repo'])
    expect(await names().root()).toBe(path('elsewhere'))
  })

  it('are those of a single file', async () => {
    await write('wizard.config.yaml', 'github: { owner: uDOS }\nrepos: { a: [{ repo: typo }] }\n')
    expect(await repositories()).toEqual(['a uDOS/typo'])
    await rm(path('wizard.config.yaml'))
    await write('package.json', '{"wizard": {"repos": {"b": [{"repo": "o/r"}]}}}')
    expect(await repositories()).toEqual(['b o/r'])
  })

  it('hold what the last SYNC listed for a from: entry', async () => {
    await write(
      'config/repos.yaml',
      'repos:\n  fleet:\n  - from: uDOS\n    match: ["svc-*"]\n    exclude: [svc-old]\n  all: [{ from: Ollama }]\n',
    )
    expect(await repositories()).toEqual([])
    const one = (repo: string, source: string | null) => ({ repo, source, id: 1 })
    const state = {
      ...{ a: one('uDOS/svc-1', 'udos'), b: one('uDOS/svc-old', 'udos'), c: one('uDOS/x', 'udos') },
      ...{ d: one('ollama/y', 'ollama'), e: one('uDOS/svc-own', null) },
    }
    await write('.wizard/state.json', JSON.stringify({ version: 1, repositories: state }))
    expect(await repositories()).toEqual(['fleet uDOS/svc-1', 'all ollama/y'])
  })

  it('are none where a file is broken, until it is mended', async () => {
    await write('config/repos.yaml', 'repos: [1\n  &')
    expect(await repositories()).toEqual([])
    await write('config/repos.yaml', 'repos: { a: [{ repo: o/r }] }')
    expect(await repositories()).toEqual(['a o/r'])
  })
})

describe('the cache of names', () => {
  const kept = async () => {
    const files = await readdir(path('cache'))
    expect(files).toEqual([expect.stringMatching(/^names-\d+\.json$/)])
    return path('cache', files[0] ?? '')
  }
  const edit = async (from: string, to: string) => {
    const file = await kept()
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll(from, to))
  }

  beforeEach(() => write('config/repos.yaml', 'repos: { a: [{ repo: o/first }] }'))

  it('is read in place of a file that is as it was, and never of one that changed', async () => {
    expect(await repositories()).toEqual(['a o/first'])
    expect((await stat(await kept())).mode & 0o777).toBe(0o600)
    await edit('o/first', 'o/kept')
    expect(await repositories()).toEqual(['a o/kept'])
    // Of the same length, put in place as an editor does.
    await write('config/new', 'repos: { a: [{ repo: o/other }] }')
    await rename(path('config/new'), path('config/repos.yaml'))
    expect(await repositories()).toEqual(['a o/other'])
  })

  it('keeps variables as they are written, and takes their values of the time', async () => {
    await write('config/repos.yaml', 'repos:\n  a:\n  - repo: o/${NAME}\n')
    expect(await repositories({ NAME: 'one' })).toEqual(['a o/one'])
    expect(await repositories({ NAME: 'two' })).toEqual(['a o/two'])
    expect(await readFile(await kept(), 'utf8')).toContain('${NAME}')
  })

  it('holds names alone', async () => {
    const secret = 'ghp_abcdefghij'
    await write('config/.env', `GITHUB_TOKEN=${secret}\n`)
    await write('config/github.yaml', `github: { token: ${secret}, owner: o }\nmore: ${secret}\n`)
    await write(
      'config/repos.yaml',
      `repos:\n  a:\n  - { repo: "https://x:${secret}@github.com/o/r", note: ${secret} }\n  - ${secret}\n`,
    )
    await write(
      'config/components.yaml',
      `components: { c: { repo: r, release: { build: ["${secret}"], env: [${secret}] } } }\n`,
    )
    await write(
      'config/webhooks.yaml',
      `webhooks: { secret: ${secret}, handlers: { push: [{ action: exec, payload: { cmd: [${secret}] } }] } }\n`,
    )
    const all = names()
    await Promise.all([all.repositories(), all.components(), all.handlers(), all.root()])
    const text = await readFile(await kept(), 'utf8')
    expect(text).toContain('webhooks.yaml')
    expect(text).not.toContain(secret)
  })

  it.each([
    ['damaged', (file: string) => writeFile(file, '{"format":1,"files":{"x":null')],
    ['of another form', (file: string) => writeFile(file, '{"format":1,"files":[null,1]}')],
    ['readable by others', (file: string) => chmod(file, 0o644)],
    [
      'a link',
      async (file: string) => {
        await rename(file, path('real'))
        await symlink(path('real'), file)
      },
    ],
  ])('is not read where it is %s', async (_what, spoil) => {
    await repositories()
    const file = await kept()
    await edit('o/first', 'o/kept')
    await spoil(file)
    expect(await repositories()).toEqual(['a o/first'])
    // It has been replaced by a good one.
    expect((await stat(await kept())).mode & 0o777).toBe(0o600)
    await edit('o/first', 'o/again')
    expect(await repositories()).toEqual(['a o/again'])
  })

  it("is not read where it is another user's", async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('only root can give files away')
    await repositories()
    await edit('o/first', 'o/kept')
    await chown(await kept(), 54_321, 54_321)
    expect(await repositories()).toEqual(['a o/first'])
  })

  it('may be missing, or where nothing can be written', async () => {
    expect(await names({}, null).repositories()).toHaveLength(1)
    expect(await names({}, path('nowhere')).repositories()).toHaveLength(1)
    expect(await readdir(path('cache'))).toEqual([])
  })
})
