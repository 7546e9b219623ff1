// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of YAML, not of JavaScript
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../../src/base/errors.js'
import { formatHint } from '../../../src/base/hint.js'
import { commandLineWords } from '../../../src/commands/hints.js'
import { loadConfig } from '../../../src/config/load.js'
import { singleFileNames } from '../../../src/config/locate/single-file.js'
import { failure, load, makeProject } from '../support.js'

/** A whole configuration in a file of this name. */
function contentOf(name: string, owner = 'o'): string {
  const values = { github: { owner }, repos: { t: [{ repo: 'x' }] } }
  if (name === 'package.json') return JSON.stringify({ name: 'p', wizard: values }, null, '\t')
  return name.endsWith('.json')
    ? JSON.stringify(values, null, '\t')
    : `github:\n  owner: ${owner}\nrepos:\n  t:\n    - repo: x\n`
}

describe.each(singleFileNames)('%s', (name) => {
  test.each(['', 'a', 'a/b'])('is found from "%s"', async (cwd) => {
    const config = await load({ files: { [name]: contentOf(name) }, cwd })
    expect(config).toMatchObject({
      dir: config.top,
      single: join(config.top, name),
      root: config.top,
      trusted: false,
      passedOver: [],
    })
    expect(await config.repos()).toMatchObject([
      { owner: 'o', repo: 'x', destination: join(config.top, 'library/t/x') },
    ])
    expect(await config.webhooks()).toBeNull()
    expect(Object.keys(config.files)).toEqual(['github', 'repos'])
  })

  test.each([
    ['the file', name],
    ['its folder', '.'],
  ])('is taken where --config names %s', async (_, config) => {
    const project = await load({ files: { [name]: contentOf(name) }, flags: { config } })
    expect(project).toMatchObject({ single: join(project.top, name), trusted: true })
    expect(project.root).toBe(project.top)
  })

  test('is taken where WIZARD_CONFIG names it, before others', async () => {
    const files = { [`far/${name}`]: contentOf(name), 'config/github.yaml': 'github: {}\n' }
    const { top, single } = await load({ files, env: { WIZARD_CONFIG: `far/${name}` } })
    expect(single).toBe(join(top, 'far', name))
  })

  test('comes after config/ in one folder, with a warning, and before config/ above', async () => {
    const files = {
      'config/github.yaml': 'github: { owner: above }\n',
      'a/config/github.yaml': 'github: { owner: beside }\n',
      [`a/${name}`]: contentOf(name),
      [`b/${name}`]: contentOf(name),
    }
    const beside = await load({ files, cwd: 'a' })
    expect(beside.github.owner).toBe('beside')
    expect(beside.passedOver).toEqual([join(beside.top, 'a', name)])
    const above = await load({ files, cwd: 'b' })
    expect(above.github.owner).toBe('o')
    expect(above.passedOver).toEqual([])
  })

  test('takes variables from .env in ROOT', async () => {
    const files = { [name]: contentOf(name, '${WHO}'), '.env': 'WHO=from-env\n' }
    expect((await load({ files })).github.owner).toBe('from-env')
  })
})

test('of several names the first counts, and the others are passed over', async () => {
  for (const [index, name] of singleFileNames.entries()) {
    const names = singleFileNames.slice(index)
    const files = Object.fromEntries(names.map((one) => [one, contentOf(one)]))
    const { single, passedOver, top } = await load({ files })
    expect(single).toBe(join(top, name))
    expect(passedOver).toEqual(names.slice(1).map((one) => join(top, one)))
  }
})

describe('package.json', () => {
  const above = { 'wizard.config.yaml': contentOf('wizard.config.yaml', 'above') }

  test.each(['{}', '[]', 'null', '{"name":"wizard","bin":{"wizard":"x"}}'])(
    'without the key is none: %s',
    async (content) => {
      const config = await load({ files: { 'a/package.json': content, ...above }, cwd: 'a' })
      expect(config.github.owner).toBe('above')
    },
  )

  test.each(['{"wizard": {', '', '{"a" 1}'])(
    'that is malformed is an error: %s',
    async (content) => {
      const files = { 'a/package.json': content, ...above }
      const error = await failure((await makeProject({ files, cwd: 'a' })).request)
      expect(error).toBeInstanceOf(ConfigError)
      expect(error.message).toMatch(/^package\.json:1:\d+: /)
    },
  )

  test.each(['wizard.config.yaml', 'config/github.yaml'])(
    'that is malformed is nothing beside %s',
    async (name) => {
      const { github, passedOver } = await load({
        files: { [name]: 'github: { owner: beside }\n', 'package.json': '{"wizard": {' },
      })
      expect(github.owner).toBe('beside')
      expect(passedOver).toEqual([])
    },
  )

  test('that --config names needs the key', async () => {
    const files = { 'package.json': '{}' }
    const { request } = await makeProject({ files, flags: { config: 'package.json' } })
    expect((await failure(request)).message).toBe('package.json:1:1: the file has no key "wizard"')
  })

  test('may have a byte order mark, and keys twice elsewhere', async () => {
    const content = '\ufeff{"a":1,"a":2,"wizard":{"github":{"owner":"o"}}}'
    expect((await load({ files: { 'package.json': content } })).github.owner).toBe('o')
  })
})

describe('looking for it', () => {
  test('executes nothing', async () => {
    const evil = (mark: string) => `require('node:fs').writeFileSync(${JSON.stringify(mark)}, 'x')`
    const { request, top } = await makeProject({
      files: { '.wizardrc': contentOf('.wizardrc') },
    })
    const mark = join(top, 'executed')
    await mkdir(join(top, '.config'))
    const names = ['js', 'cjs', 'mjs', 'ts'].flatMap((ending) => [
      `.config/config.${ending}`,
      `.config/wizardrc.${ending}`,
      `wizard.config.${ending}`,
      `.wizardrc.${ending}`,
    ])
    for (const name of names) await writeFile(join(top, name), evil(mark))
    const before = process.cwd()
    process.chdir(top)
    try {
      expect((await loadConfig(request)).single).toBe(join(top, '.wizardrc'))
    } finally {
      process.chdir(before)
    }
    expect(existsSync(mark)).toBe(false)
  })

  test('imports no other file', async () => {
    const files = { 'wizard.config.json': '{"$import":"b.json"}', 'b.json': '{"github":{}}' }
    const error = await failure((await makeProject({ files })).request)
    expect(error.message).toContain('wizard.config.json:1:2: ["$import"]: unknown key')
    const nested = { 'package.json': '{"wizard":{"$import":"b.json"}}', 'b.json': '{"github":{}}' }
    const other = await failure((await makeProject({ files: nested })).request)
    expect(other.message).toContain('unknown key')
  })

  test('takes no file with another name', async () => {
    const files = { 'my.yaml': 'github: {}\n' }
    const { request } = await makeProject({ files, flags: { config: 'my.yaml' } })
    const error = await failure(request)
    expect(error.message).toBe('--config: my.yaml contains no configuration')
    expect(error.hint).toContain('.config/wizardrc.yaml, package.json')
  })
})

describe.each(singleFileNames)('a %s that is there and is not read', (name) => {
  /** Makes it, below a folder with a configuration that must not be taken. */
  async function below(make: (path: string) => Promise<unknown> | unknown) {
    const project = await makeProject({ files: { '.wizardrc': 'github: {}\n' }, cwd: 'a' })
    const path = join(project.top, 'a', name)
    await mkdir(join(path, '..'), { recursive: true })
    await make(path)
    return (await failure(project.request)).message
  }

  test('a folder', async () => {
    expect(await below((path) => mkdir(path))).toBe(`${name}: is a folder; expected a file`)
  })

  test('a named pipe', async () => {
    const message = await below((path) => execFileSync('mkfifo', [path]))
    expect(message).toBe(`${name}: is not a regular file; expected a file`)
  })

  test('a link to nothing', async () => {
    const message = await below((path) => symlink('nowhere', path))
    expect(message).toBe(`${name}: can't be read: it does not exist`)
  })

  test('one that is too large', async () => {
    const message = await below((path) => writeFile(path, Buffer.alloc(8 * 1024 * 1024 + 1, ' ')))
    expect(message).toBe(`${name}: is too large; expected at most 8 MiB`)
  })
})

test('a link to a file is the file, in the folder of the link', async () => {
  const { request, top } = await makeProject({ files: { 'far/x.yaml': 'github: { owner: o }\n' } })
  await symlink('far/x.yaml', join(top, 'wizard.config.yaml'))
  const { github, root } = await loadConfig(request)
  expect([github.owner, root]).toEqual(['o', top])
})

test('is trusted with no host, unless --config names it', async () => {
  const github = '{"github":{"base_url":"https://evil.example","token":"t"}}'
  const files = { 'wizard.config.json': github }
  const found = await failure((await makeProject({ files })).request)
  expect(found).toMatchObject({ code: 'GITHUB_AUTH' })
  expect(found.message).toMatch(/^wizard\.config\.json:1:23: github\.base_url names evil\.example/)
  expect(formatHint(found.remedy ?? '', commandLineWords)).toContain('--config wizard.config.json')
  const named = await load({ files, flags: { config: 'wizard.config.json' } })
  expect(named.github.baseUrl).toBe('https://evil.example')
})

test('a private key is found beside the file', async () => {
  const github = 'github: { app: { id: 1, private_key: key.pem, installation: 2 } }\n'
  const { github: read, top } = await load({ files: { '.config/wizardrc.yaml': github } })
  expect(read.app?.privateKey).toBe(join(top, '.config/key.pem'))
})
