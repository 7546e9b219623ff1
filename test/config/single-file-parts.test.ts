// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of YAML, not of JavaScript
import { describe, expect, test } from 'vitest'
import { ConfigError, exitStatus } from '../../src/base/errors.js'
import { loadConfig } from '../../src/config/load.js'
import { effectiveValues } from '../../src/config/settings/effective.js'
import { findProblems, validateConfig } from '../../src/config/validate.js'
import { failure, load, makeProject } from './support.js'

const yaml = (content: string) => ({ files: { 'wizard.config.yaml': content } })

test('a fault of one part does not stop another', async () => {
  const config = await load(
    yaml('repos:\n  t: [{ repo: o/x }]\nwebhooks: { port: "${NOT_SET}" }\nplugins: { topic: 1 }\n'),
  )
  expect(await config.repos()).toHaveLength(1)
  await expect(config.webhooks()).rejects.toThrow(
    'wizard.config.yaml:3:19: webhooks.port: the variable NOT_SET is not set',
  )
  await expect(config.plugins()).rejects.toThrow('wizard.config.yaml:4:19: plugins.topic: expected')
})

test('all problems at once, each once', async () => {
  const { request, top } = await makeProject(
    yaml('rots: x\nlogs: [1]\nrepos:\n  t: [{ repo: o/x, depth: 0 }]\ncomponents: []\n'),
  )
  const problems = await findProblems(request)
  expect(problems.map(({ message }) => message.split(': ').slice(0, 2).join(': '))).toEqual([
    'wizard.config.yaml:1:1: rots',
    'wizard.config.yaml:2:7: logs',
    'wizard.config.yaml:4:27: repos.t[0].depth',
    'wizard.config.yaml:5:13: components',
  ])
  expect(await validateConfig(request)).toMatchObject({
    valid: false,
    dir: top,
    files: [`${top}/wizard.config.yaml`],
    problems: [{ source: 'rots: x' }, {}, {}, {}],
  })
})

test('a key that is nearly one of any part', async () => {
  const { request } = await makeProject(yaml('webhook: {}\n'))
  expect((await failure(request)).message).toBe(
    'wizard.config.yaml:1:1: webhook: unknown key; did you mean "webhooks"?',
  )
})

test('the rules of each part for variables hold', async () => {
  const config = await load(
    yaml(
      'github: { token: "${NOT_SET}" }\ncomponents:\n  c:\n    repo: o/x\n    release: { build: ["echo ${HOME}"] }\nwebhooks: { secret: "${NOT_SET}" }\n',
    ),
  )
  expect(config.github.token).toBeNull()
  expect((await config.components()).c?.release.build).toEqual(['echo ${HOME}'])
  expect((await config.webhooks())?.secrets).toEqual([])
})

test('anchors reach from one part to another', async () => {
  const config = await load(
    yaml('github: { owner: &me uDOS }\nrepos:\n  t: [{ owner: *me, repo: x }]\n'),
  )
  expect(await config.repos()).toMatchObject([{ owner: 'uDOS', repo: 'x' }])
})

test('values of every part have their place', async () => {
  const { request, top } = await makeProject({
    files: {
      'package.json':
        '{\n\t"wizard": {\n\t\t"logs_keep_days": "${DAYS}",\n\t\t"repos": { "t": [{ "repo": "o/x" }] }\n\t}\n}\n',
    },
    env: { DAYS: '7' },
  })
  const { values, problems } = await effectiveValues(request)
  expect(problems).toEqual([])
  const placeOf = (key: string) => values.find((one) => one.key === key)
  const at = (line: number, column: number) => ({
    from: 'file',
    position: { file: `${top}/package.json`, line, column },
  })
  expect(placeOf('logs_keep_days')).toMatchObject({ value: 7, source: at(3, 21) })
  expect(placeOf('repos.t[0].repo')).toMatchObject({ value: 'o/x', source: at(4, 30) })
})

/** What is wrong in a JSON file, and its message from the line on. */
const bad: [content: string, message: string][] = [
  ['', '1:1: the file is empty'],
  [' \n', '1:1: the file is empty'],
  ['{', '1:2: the file ends here; expected a key in double quotes'],
  ['{"github": {}', '1:14: the file ends here; expected "," or "}"'],
  ['{"github": {} "root": "."}', '1:15: expected "," or "}"'],
  ['{"github": {},}', '1:14: an extra comma before "}"'],
  ['{"repos": {"t": [1,]}}', '1:19: an extra comma before "]"'],
  ['{"github" {}}', '1:11: expected ":" and a value after the key'],
  ['{github: {}}', '1:2: expected a key in double quotes'],
  ['{"root": ghp_secret}', '1:10: expected a value'],
  ['{"root": truely}', '1:10: expected a value'],
  ['{"root": 01}', '1:10: expected a value'],
  ['{"root": }', '1:10: expected a value'],
  ['{\n  // here\n}', '2:3: expected a key in double quotes'],
  ['{"root": "x\n"}', '1:10: an unclosed quote'],
  ['{"root": "x', '1:10: an unclosed quote'],
  ['{"root": "\\', '1:10: an unclosed quote'],
  ['{"root": "\\x"}', '1:10: a text with an invalid escape sequence or a control character'],
  ['{"root": "\t"}', '1:10: a text with an invalid escape sequence or a control character'],
  ['{"root": "a", "root": "b"}', '1:15: "root" appears twice in this map'],
  ['{} {}', '1:4: expected the end of the file'],
  [`{"repos": ${'['.repeat(205)}`, '1:210: nested too deeply'],
  ['[]', '1:1: expected a map'],
  ['{"root": 1}', '1:10: root: expected text, got 1; put it in quotes'],
  ['{"rooot": "."}', '1:2: rooot: unknown key; did you mean "root"?'],
  ['{"github": {"timeout": "x"}}', '1:24: github.timeout: expected a number, got "x"'],
  ['{"__proto__": {}}', '1:2: expected a name as key'],
]

describe.each(bad)('%j', (content, message) => {
  test.each(['wizard.config.json', '.wizardrc.json'])('in %s', async (name) => {
    const { request } = await makeProject({ files: { [name]: content } })
    const error = await failure(request)
    expect(error).toBeInstanceOf(ConfigError)
    expect(error.message).toBe(`${name}:${message}`)
    expect(exitStatus[error.code]).toBe(2)
    const [, line, column] = /^(\d+):(\d+)/.exec(message) ?? []
    expect(error.place).toMatchObject({ line: Number(line), column: Number(column) })
  })
})

const isAboutTheEnd = /the file is empty|the file ends here|the end of the file|nested/

test.each(bad.filter(([, message]) => !isAboutTheEnd.test(message)))(
  'in package.json: %j',
  async (content, message) => {
    const files = { 'package.json': `{"wizard":\n${content}\n}` }
    const { request } = await makeProject({ files })
    const [line, rest] = [Number.parseInt(message, 10), message.slice(message.indexOf(':'))]
    expect((await failure(request)).message).toBe(`package.json:${line + 1}${rest}`)
  },
)

test.each(['null', '[]', '"x"'])('a package.json whose key is %s', async (value) => {
  const { request } = await makeProject({ files: { 'package.json': `{"wizard":${value}}` } })
  expect((await failure(request)).message).toMatch(/^package\.json:1:11: expected a map/)
})

test('a package.json that is not UTF-8', async () => {
  const content = Buffer.from('{"a":"\xff","wizard":{}}', 'latin1')
  const { request } = await makeProject({ files: { 'package.json': content } })
  await expect(loadConfig(request)).rejects.toThrow('package.json:1:7: the file is not UTF-8')
})

test('a $schema is for editors', async () => {
  const content = '{"$schema":"./wizard.config.schema.json","github":{"owner":"o"}}'
  expect((await load({ files: { 'wizard.config.json': content } })).github.owner).toBe('o')
})
