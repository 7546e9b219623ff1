import { lstat, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { exitStatus, WizardError } from '../../../src/base/errors.js'
import { addRepository, removeRepository } from '../../../src/config/files/edit.js'
import { loadConfig } from '../../../src/config/load.js'
import { makeProject } from '../support.js'

const added = { group: 'tools', owner: 'a', repo: 'b' }

async function project(name: string, content: string) {
  const { request, top } = await makeProject({ files: { [name]: content } })
  const text = () => readFile(join(top, name), 'utf8')
  return { config: await loadConfig(request), text, top, request }
}

const yamlNames = [
  'wizard.config.yaml',
  'wizard.config.yml',
  '.wizardrc',
  '.wizardrc.yaml',
  '.config/wizardrc.yaml',
]
const whole = `# all
github: { owner: uDOS }  # us
repos:
  tools:
    - repo: typo
  # models
  models: []
# the rest
plugins: {}
`

describe.each(yamlNames)('%s', (name) => {
  test('an entry is added and removed, and every other byte is kept', async () => {
    const { config, text, top, request } = await project(name, whole)
    const edited = await addRepository(config, added)
    expect(edited).toMatchObject({ repo: 'a/b', file: join(top, name) })
    const after = whole.replace('repo: typo\n', 'repo: typo\n    - owner: a\n      repo: b\n')
    expect(await text()).toBe(after)
    await removeRepository(await loadConfig(request), 'a/b')
    expect(await text()).toBe(whole)
  })
})

describe('a file without repos', () => {
  test.each([
    ['github: {}\n', 'github: {}\nrepos:\n  tools:\n    - owner: a\n      repo: b\n'],
    ['github: {}', 'github: {}\nrepos:\n  tools:\n    - owner: a\n      repo: b\n'],
    [
      'logs: x\r\n# end\r\n',
      'logs: x\r\n# end\r\nrepos:\r\n  tools:\r\n    - owner: a\r\n      repo: b\r\n',
    ],
  ])('gets them at its end: %j', async (before, after) => {
    const { config, text } = await project('wizard.config.yaml', before)
    await addRepository(config, added)
    expect(await text()).toBe(after)
  })

  test.each(['{ github: {} }\n', '  github: {}\n', 'github: {}\n...\n'])(
    'that can not be added to stays as it is: %j',
    async (before) => {
      const { config, text } = await project('wizard.config.yaml', before)
      const error = await addRepository(config, added).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(WizardError)
      expect(await text()).toBe(before)
    },
  )
})

describe.each(['wizard.config.json', '.wizardrc.json', 'package.json'])('%s', (name) => {
  const values = { github: {}, repos: { tools: [{ repo: 'uDOS/typo' }] } }
  const content = JSON.stringify(name === 'package.json' ? { wizard: values } : values, null, 2)

  test('is not edited: exit 2, with the entry to paste', async () => {
    const { config, text } = await project(name, content)
    const entry = { ...added, branch: 'main', destination: '/x/{repo}' }
    const error = await addRepository(config, entry).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(WizardError)
    const { code, message, hint } = error as WizardError
    expect(exitStatus[code]).toBe(2)
    expect(message).toContain(`${name} is JSON, which wizard does not edit`)
    const pasted = /\{.*\}(?= to repos\.tools)/.exec(String(hint))?.[0] ?? ''
    expect(JSON.parse(pasted)).toEqual({
      owner: 'a',
      repo: 'b',
      destination: '/x/{repo}',
      branch: 'main',
    })
    expect(await text()).toBe(content)
  })

  test('an entry that is there is a conflict, and one to remove is named by its line', async () => {
    const { config, text } = await project(name, content)
    const twice = { group: 'tools', owner: 'uDOS', repo: 'typo' }
    await expect(addRepository(config, twice)).rejects.toMatchObject({ code: 'CONFLICT' })
    const lines = content.split('\n')
    const line = lines.findIndex((one) => one.includes('uDOS/typo'))
    const error = await removeRepository(config, 'typo').catch((reason: unknown) => reason)
    expect((error as WizardError).code).toBe('CONFIG')
    expect((error as WizardError).hint).toBe(`remove the entry in line ${line} by hand`)
    expect(await text()).toBe(content)
  })
})

test('a file that somebody else changes meanwhile is not overwritten', async () => {
  const { config, text, top } = await project('wizard.config.yaml', whole)
  const path = join(top, 'wizard.config.yaml')
  const reposIn = async (after: string) => {
    await writeFile(path, `${whole}# theirs\n`)
    return config.reposIn(after)
  }
  await expect(addRepository({ ...config, reposIn }, added)).rejects.toMatchObject({
    code: 'CONFLICT',
  })
  expect(await text()).toBe(`${whole}# theirs\n`)
  expect((await lstat(path)).isFile()).toBe(true)
})
