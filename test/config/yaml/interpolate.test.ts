// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of YAML, not of JavaScript
import { describe, expect, test } from 'vitest'
import { interpolate } from '../../../src/config/yaml/interpolate.js'
import { failure, load, makeProject } from '../support.js'

const env: Record<string, string> = { A: 'a', B: '${A}', EMPTY: '', _1: 'one' }
const lookup = (name: string) => env[name] || undefined

describe('interpolate', () => {
  test.each([
    ['nothing', 'nothing'],
    ['${A}', 'a'],
    ['x${A}y${A}', 'xaya'],
    ['${_1}', 'one'],
    ['$A $ {A} {A}', '$A $ {A} {A}'],
    ['$${A}', '${A}'],
    ['$$${A}', '$${A}'],
    ['$${A', '${A'],
    ['${NO:-b}', 'b'],
    ['${NO:-}', ''],
    ['${A:-b}', 'a'],
    ['${EMPTY:-b}', 'b'],
    ['${NO:-${A}}', 'a'],
    ['${NO:-x${NO:-y}z}!', 'xyz!'],
    ['${A:-${NO}}', 'a'],
    ['${NO:-$${A}', '${A'],
    ['${B}', '${A}'],
    ['a}b', 'a}b'],
    ['${NO:-a:-b}', 'a:-b'],
  ])('%j is %j', (text, expected) => {
    expect(interpolate(text, lookup)).toMatchObject({ text: expected, unset: [] })
    expect(interpolate(text, lookup).problem).toBeUndefined()
  })

  test.each([
    ['${NO}', ['NO']],
    ['${EMPTY}${NO}', ['EMPTY', 'NO']],
    ['${NO:-${NO2}}', ['NO2']],
  ])('%j needs %j', (text, unset) => {
    expect(interpolate(text, lookup).unset).toEqual(unset)
  })

  test.each(['${', '${}', '${A', '${A:b}', '${A-b}', '${1}', '${A }', '${NO:-b', '${a.b}'])(
    '%j is wrong',
    (text) => {
      expect(interpolate(text, lookup).problem).toBeDefined()
    },
  )

  test('names the variables that it brought in, and no others', () => {
    expect(interpolate('${A}${NO:-${_1}}${A:-${_1}}', lookup).variables).toEqual(['A', '_1', 'A'])
  })
})

describe('in files', () => {
  test('in any string, with numbers and flags where they are expected', async () => {
    const config = await load({
      files: {
        'config/github.yaml':
          'github: { token: "${T}", concurrency: "${N}", timeout: "${NO:-0.5}" }\nroot: ${HERE:-x}/y\n',
        'config/repos.yaml':
          'repos:\n  t:\n    - { repo: "${O}/x", auto_pull: "${NO:-false}", depth: "${N}", branch: "$${N}" }\n',
      },
      env: { T: '12345678', N: '3', O: 'own' },
    })
    expect(config.github).toMatchObject({ token: '12345678', concurrency: 3, timeout: 0.5 })
    expect(config.root).toBe(`${config.top}/x/y`)
    expect(await config.repos()).toMatchObject([
      { owner: 'own', autoPull: false, depth: 3, branch: '${N}' },
    ])
  })

  test('not in build, sign and exec lines', async () => {
    const config = await load({
      files: {
        'config/components.yaml': `components:
  build:
    repo: \${O}/x
    release:
      build: ["echo \${PATH} $\${X}"]
      artifacts: ["\${O}.tcz"]
      sign: { cmd: "\${GPG}", args: ["\${KEY}"], signature: "{artifact}.asc" }
`,
        'config/webhooks.yaml': `webhooks:
  handlers:
    push:
      - { action: exec, payload: { cmd: ["\${CMD}", "$\${X}"] } }
      - { action: run_tests, payload: { repo: "\${O}" } }
`,
      },
      env: { O: 'own' },
    })
    const { build } = await config.components()
    expect(build).toMatchObject({
      owner: 'own',
      release: {
        build: ['echo ${PATH} $${X}'],
        artifacts: ['own.tcz'],
        sign: [{ cmd: '${GPG}', args: ['${KEY}'] }],
      },
    })
    const webhooks = await config.webhooks()
    expect(webhooks?.handlers).toMatchObject([
      { action: 'exec', payload: { cmd: ['${CMD}', '$${X}'] } },
      { action: 'run_tests', payload: { repo: 'own' } },
    ])
  })

  test('an unset one counts as unset where something fills in, when it is the whole value', async () => {
    const github = 'github: { token: "${NO}", owner: "${NO}", proxy: "${NO}", base_url: "${NO}" }\n'
    const files = { 'config/github.yaml': github }
    const config = await load({ files, env: { GITHUB_OWNER: 'me' } })
    expect(config.github).toMatchObject({
      token: null,
      owner: 'me',
      proxy: null,
      baseUrl: 'https://api.github.com',
    })
    const half = { 'config/github.yaml': 'github:\n  base_url: https://${NO}/api/v3\n' }
    const { request } = await makeProject({ files: half })
    const error = await failure(request)
    expect(error.message).toBe(
      'config/github.yaml:2:13: github.base_url: the variable NO is not set',
    )
    expect(error.hint).toBe('set NO, or write ${NO:-a default}')
  })

  test.each([
    ['github:\n  timeout: ${NO}\n', '2:12: github.timeout'],
    ['root: ${NO}\n', '1:7: root'],
    [
      'github:\n  app: { id: 1, installation: 2, private_key: "${NO}" }\n',
      '2:47: github.app.private_key',
    ],
    ['github: { token: "${A}${NO}" }\n', '1:18: github.token'],
  ])('an unset one is an error elsewhere: %j', async (github, place) => {
    const { request } = await makeProject({ files: { 'config/github.yaml': github } })
    const error = await failure(request)
    expect(error.message).toContain(`config/github.yaml:${place}: the variable`)
  })

  test('from .env, below the environment; an empty one is unset', async () => {
    const files = {
      'config/github.yaml': 'github:\n  owner: ${A}\nroot: ${B}-${C}\n',
      'config/.env': '# mine\nA=env-a\nexport B="env b"\nC=env-c\nPATH=/nowhere\n',
    }
    const config = await load({ files, env: { A: 'real-a', B: '' } })
    expect(config.github.owner).toBe('real-a')
    expect(config.root).toBe(`${config.top}/env b-env-c`)
  })
})
