// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of YAML, not of JavaScript
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { exitStatus, GitHubAuthError } from '../../src/base/errors.js'
import { formatHint } from '../../src/base/hint.js'
import { commandLineWords } from '../../src/commands/hints.js'
import { loadConfig } from '../../src/config/load.js'
import { failure, makeProject, type Project } from './support.js'

type Key = 'base_url' | 'git_url' | 'proxy'
type Row = [key: Key, address: string, project?: Project]

const found = (key: Key, address: string, { files, ...rest }: Project = {}): Project => ({
  files: { 'config/github.yaml': `github:\n  ${key}: ${JSON.stringify(address)}\n`, ...files },
  env: { GH_TOKEN: 'ghp_secret' },
  ...rest,
})

const own = (github: string) => ({
  files: { '~/.config/wizard/github.yaml': `github: ${github}\n` },
})

describe('a found folder may name', () => {
  const allowed: Row[] = [
    ['base_url', 'https://api.github.com'],
    ['base_url', 'https://API.GitHub.com:443/'],
    ['git_url', 'https://github.com'],
    ['base_url', 'http://127.0.0.1:3000'],
    ['base_url', 'http://127.255.0.1'],
    ['base_url', 'http://localhost:3000/api/v3'],
    ['base_url', 'http://LOCALHOST'],
    ['base_url', 'http://[::1]:3000'],
    ['base_url', 'http://[0:0:0:0:0:0:0:1]'],
    ['base_url', 'http://2130706433'],
    ['base_url', 'http://0x7f.1'],
    ['proxy', 'http://127.0.0.1:3128'],
    ['base_url', 'https://ghe.example/api/v3', { env: { GH_HOST: 'ghe.example' } }],
    ['base_url', 'https://ghe.example/api/v3', { env: { GH_HOST: 'GHE.example' } }],
    [
      'base_url',
      'https://ghe.example/api/v3',
      { env: { GITHUB_API_URL: 'https://ghe.example/x' } },
    ],
    ['git_url', 'https://ghe.example', { env: { WIZARD_BASE_URL: 'https://ghe.example/api/v3' } }],
    ['base_url', 'https://ghe.example', { env: { WIZARD_GIT_URL: 'https://ghe.example' } }],
    ['git_url', 'https://octo.ghe.com', { env: { GH_HOST: 'octo.ghe.com' } }],
    ['base_url', 'https://api.octo.ghe.com', { env: { GH_HOST: 'octo.ghe.com' } }],
    ['proxy', 'http://proxy.example:1', { env: { HTTPS_PROXY: 'http://proxy.example:3128' } }],
    ['proxy', 'http://proxy.example:1', { env: { all_proxy: 'proxy.example:3128' } }],
    ['proxy', 'http://proxy.example:1', { env: { http_proxy: 'http://me:pw@proxy.example' } }],
    ['base_url', 'https://ghe.example/api/v3', own('{ base_url: https://ghe.example/api/v3 }')],
    ['git_url', 'https://ghe.example', own('{ base_url: https://ghe.example/api/v3 }')],
    ['git_url', 'https://git.example', own('{ git_url: https://git.example }')],
    ['proxy', 'http://proxy.example:1', own('{ proxy: "http://proxy.example:3128" }')],
    // Overridden values are never used.
    ['base_url', 'https://evil.example', { env: { WIZARD_BASE_URL: 'https://api.github.com' } }],
    ['proxy', 'http://evil.example', { env: { WIZARD_PROXY: 'http://proxy.example' } }],
  ]
  test.each(allowed)('%s %s', async (key, address, project) => {
    const { request } = await makeProject(found(key, address, project))
    expect((await loadConfig(request)).trusted).toBe(false)
  })
})

describe('a found folder may not name', () => {
  const refused: Row[] = [
    ['base_url', 'https://evil.example'],
    ['git_url', 'https://evil.example'],
    ['proxy', 'http://evil.example:3128'],
    ['proxy', 'http://user:password@evil.example:3128'],
    ['base_url', 'https://api.github.com.evil.example'],
    ['base_url', 'https://evilgithub.com'],
    ['base_url', 'https://gist.github.com'],
    ['base_url', 'https://api.github.com.'],
    ['base_url', 'https://api.github.com%2eevil.example'],
    ['base_url', 'https://api.gіthub.com'],
    ['base_url', 'https://localhost.evil.example'],
    ['base_url', 'https://evil.localhost'],
    ['base_url', 'https://127.0.0.1.evil.example'],
    ['base_url', 'https://127.evil'],
    ['base_url', 'https://128.0.0.1'],
    ['base_url', 'https://0.0.0.0'],
    ['base_url', 'https://[::2]'],
    ['base_url', 'https://[::ffff:8.8.8.8]'],
    ['base_url', 'https://octo.ghe.com'],
    // .env is beside the file, and makes nothing trusted.
    ['base_url', '${H}', { files: { 'config/.env': 'H=https://evil.example\n' } }],
    [
      'base_url',
      'https://evil.example',
      { files: { 'config/.env': 'GH_HOST=evil.example\nWIZARD_BASE_URL=https://evil.example\n' } },
    ],
    ['base_url', 'https://${GH_TOKEN}.evil.example', { env: { GH_TOKEN: 'ghp_secret' } }],
    ['base_url', '${NO:-https://evil.example}'],
    // Other variables of the environment name no host for this.
    ['base_url', '${HOMEPAGE}', { env: { HOMEPAGE: 'https://evil.example' } }],
    // A proxy is trusted only as a proxy.
    ['base_url', 'https://proxy.example', { env: { HTTPS_PROXY: 'http://proxy.example' } }],
    ['proxy', 'http://ghe.example', { env: { GH_HOST: 'ghe.example' } }],
    ['base_url', 'https://evil.example', { env: { NO_PROXY: 'evil.example' } }],
    ['base_url', 'https://evil.example', own('{ git_url: https://other.example }')],
    ['base_url', 'https://x.ghe.example', { env: { GH_HOST: 'ghe.example' } }],
    // Its own token does not make it trusted.
    [
      'base_url',
      'https://evil.example',
      { files: { 'config/.env': 'GITHUB_TOKEN=theirs\n' }, env: {} },
    ],
  ]
  test.each(refused)('%s %s', async (key, address, project) => {
    const { request } = await makeProject(found(key, address, project))
    const error = await failure(request)
    expect(error).toBeInstanceOf(GitHubAuthError)
    expect(exitStatus[error.code]).toBe(4)
    const column = key.length + 5
    expect(error.message).toContain(`config/github.yaml:2:${column}: github.${key} names `)
    expect(error.message).not.toMatch(/ghp_secret|password/)
    expect(formatHint(error.remedy ?? '', commandLineWords)).toContain('--config config')
  })
})

describe('GITHUB_API_URL in the .env of a found folder', () => {
  const project = (address: string, { files, ...rest }: Project = {}): Project => ({
    files: {
      'config/.env': `GITHUB_API_URL=${address}\n`,
      'config/repos.yaml': 'repos: {}\n',
      ...files,
    },
    env: { GH_TOKEN: 'ghp_secret' },
    ...rest,
  })
  const evil = 'https://evil.example/api/v3'

  test.each<[string, Project]>([
    ['http://127.0.0.1:3000', project('http://127.0.0.1:3000')],
    [evil, project(evil, { env: { GH_HOST: 'evil.example' } })],
    [evil, project(evil, own('{ base_url: https://evil.example/api/v3 }'))],
    ['https://other.example', project(evil, { env: { GITHUB_API_URL: 'https://other.example' } })],
    ['https://other.example', project(evil, { env: { WIZARD_BASE_URL: 'https://other.example' } })],
    [
      'https://api.github.com',
      project(evil, {
        files: { 'config/github.yaml': 'github: { base_url: https://api.github.com }\n' },
      }),
    ],
  ])('is its base_url: %s', async (address, given) => {
    const { request } = await makeProject(given)
    expect((await loadConfig(request)).github.baseUrl).toBe(address)
  })

  test.each<[string, Project]>([
    ['without github.yaml', project(evil)],
    [
      'beside a github.yaml',
      project(evil, { files: { 'config/github.yaml': 'github: { owner: uDOS }\n' } }),
    ],
  ])('gets no credential for a host that only it names: %s', async (_what, given) => {
    const { request } = await makeProject(given)
    const error = await failure(request)
    expect(error).toBeInstanceOf(GitHubAuthError)
    expect(error.message).toContain('config/.env: GITHUB_API_URL names evil.example')
    expect(formatHint(error.remedy ?? '', commandLineWords)).toContain('--config config')
  })

  test('is trusted where the folder is named', async () => {
    const { request } = await makeProject(project(evil))
    const config = await loadConfig({ ...request, flags: { config: 'config' } })
    expect(config.github.baseUrl).toBe(evil)
    expect(config.sources['github.base_url']).toMatchObject({
      from: 'env-file',
      name: 'GITHUB_API_URL',
    })
  })
})

test('the message names the host as it is looked up', async () => {
  const { request } = await makeProject(found('base_url', 'https://API.gіthub.com'))
  expect((await failure(request)).message).toBe(
    'config/github.yaml:2:13: github.base_url names api.xn--gthub-n2e.com, and a configuration found by searching gets no credential for it',
  )
})

describe('https alone, and no credentials in an address, whoever names it', () => {
  test.each([
    'http://api.github.com',
    'http://127.0.0.1.evil.example',
    'http://0.0.0.0:1',
    'https://github.com@evil.example',
    'https://api.github.com:443@evil.example',
    'https:\\\\evil.example',
    'https:evil.example',
    'https://evil.example?x=',
    'https://evil.example\\@api.github.com',
    'ftp://api.github.com',
    'https://',
    'https://a b.example',
  ])('%s', async (address) => {
    const { request } = await makeProject(
      found('base_url', address, { flags: { config: 'config' } }),
    )
    const error = await failure(request)
    expect(error.code).toBe('CONFIG')
    expect(error.message).toContain('github.base_url: expected an https:// address')
    expect(error.message).not.toContain('evil')
  })
})

describe('a folder that is named, and the user’s own, may name any', () => {
  const project = found('base_url', 'https://ghe.example/api/v3')
  test.each([
    ['--config', { ...project, flags: { config: 'config' } }],
    ['WIZARD_CONFIG', { ...project, env: { WIZARD_CONFIG: 'config' } }],
    ['$XDG_CONFIG_HOME/wizard', own('{ base_url: https://ghe.example/api/v3 }')],
  ] satisfies [string, Project][])('%s', async (_, named) => {
    const { request } = await makeProject(named)
    const config = await loadConfig(request)
    expect(config).toMatchObject({
      trusted: true,
      github: { baseUrl: 'https://ghe.example/api/v3' },
    })
  })

  test('the user’s own that is found by searching from inside of it', async () => {
    const { request, home } = await makeProject({})
    const dir = join(home, 'x/wizard')
    await mkdir(join(home, 'cfg'))
    await mkdir(join(dir, 'config'), { recursive: true })
    await writeFile(join(dir, 'config/github.yaml'), 'github: { base_url: https://ghe.example }\n')
    await symlink(join(dir, 'config'), join(home, 'cfg/wizard'))
    const env = { XDG_CONFIG_HOME: join(home, 'cfg') }
    expect(await loadConfig({ ...request, env, cwd: join(home, 'x') })).toMatchObject({
      trusted: true,
    })
    await expect(loadConfig({ ...request, cwd: join(home, 'x') })).rejects.toThrow(GitHubAuthError)
  })

  test('a relative XDG_CONFIG_HOME is ignored, as its specification has it', async () => {
    const files = { 'cfg/wizard/github.yaml': 'github: { base_url: https://evil.example }\n' }
    const { request } = await makeProject({ files, env: { XDG_CONFIG_HOME: 'cfg' } })
    expect((await loadConfig(request)).dir).toBeNull()
  })
})

describe('an App’s private key in a found folder', () => {
  const app = (key: string) => ({
    'config/github.yaml': `github:\n  app: { id: 1, private_key: ${JSON.stringify(key)}, installation: 2 }\n`,
  })
  const refusal =
    'config/github.yaml:2:30: github.app.private_key names a file outside of its project'

  test.each(['key.pem', '../key.pem', '../secrets/key.pem'])('may be %s', async (key) => {
    const { request } = await makeProject({ files: app(key) })
    expect((await loadConfig(request)).github.app?.privateKey).toMatch(/key\.pem$/)
  })

  test.each(['/etc/key.pem', '../../key.pem', '${K}', '${HOME}/key.pem'])(
    'may not be %s',
    async (key) => {
      const files = { ...app(key), 'config/.env': 'K=/etc/key.pem\n' }
      const { request } = await makeProject({ files, env: { HOME: '/home/me' } })
      const error = await failure(request)
      expect(error).toBeInstanceOf(GitHubAuthError)
      expect(error.message).toContain(refusal)
    },
  )

  test('may not be a link that leads out', async () => {
    const { request, top, home } = await makeProject({ files: app('key.pem') })
    await writeFile(join(home, 'key.pem'), '')
    await symlink(join(home, 'key.pem'), join(top, 'config/key.pem'))
    expect((await failure(request)).message).toContain(refusal)
  })

  test('may be what a variable of the environment names', async () => {
    const { request } = await makeProject({ files: app('${K}'), env: { K: '/etc/key.pem' } })
    expect((await loadConfig(request)).github.app?.privateKey).toBe('/etc/key.pem')
  })

  test('may be anywhere where the folder is named', async () => {
    const { request } = await makeProject({
      files: app('/etc/key.pem'),
      flags: { config: 'config' },
    })
    expect((await loadConfig(request)).github.app?.privateKey).toBe('/etc/key.pem')
  })
})
