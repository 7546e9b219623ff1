// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of YAML, not of JavaScript
import { describe, expect, test } from 'vitest'
import type { Config } from '../../src/config/load.js'
import { failure, load, makeProject, type Project } from './support.js'

interface Case {
  name: string
  project: Project
  /** The searched folders; `PROJECT` is the project's folder and `HOME` the home. */
  get: (config: Config) => unknown
  expected: unknown
}

const file = (content: string) => ({ 'config/github.yaml': content })
const github = (line: string) => file(`github:\n  ${line}\n`)
const source = (key: string) => (config: Config) => {
  const { from, ...rest } = config.sources[key] ?? { from: 'nowhere' }
  return 'name' in rest ? `${from} ${rest.name}` : from
}

const table: Record<string, Case[]> = {
  token: [
    { name: 'nothing', project: {}, get: (c) => c.github.token, expected: null },
    {
      name: 'GITHUB_TOKEN of .env',
      project: {
        files: { ...file('root: .\n'), 'config/.env': 'GITHUB_TOKEN=dot\nGH_TOKEN=no\n' },
      },
      get: (c) => [c.github.token, source('github.token')(c)],
      expected: ['dot', 'env-file GITHUB_TOKEN'],
    },
    {
      name: 'GITHUB_TOKEN above .env',
      project: {
        files: { ...file('root: .\n'), 'config/.env': 'GITHUB_TOKEN=dot\n' },
        env: { GITHUB_TOKEN: 'real' },
      },
      get: (c) => [c.github.token, source('github.token')(c)],
      expected: ['real', 'variable GITHUB_TOKEN'],
    },
    {
      name: 'GH_TOKEN above GITHUB_TOKEN',
      project: { env: { GH_TOKEN: 'gh', GITHUB_TOKEN: 'github' } },
      get: (c) => [c.github.token, source('github.token')(c)],
      expected: ['gh', 'variable GH_TOKEN'],
    },
    {
      name: 'an empty one is unset',
      project: { env: { GH_TOKEN: '', GITHUB_TOKEN: 'github', WIZARD_TOKEN: '' } },
      get: (c) => c.github.token,
      expected: 'github',
    },
    {
      name: 'the file above them',
      project: { files: github('token: ${T}'), env: { T: 'file', GH_TOKEN: 'gh' } },
      get: (c) => [c.github.token, c.sources['github.token']],
      expected: [
        'file',
        {
          from: 'file',
          position: { file: 'PROJECT/config/github.yaml', line: 2, column: 10 },
          variables: ['T'],
        },
      ],
    },
    {
      name: 'an empty one in the file is unset',
      project: { files: github('token: ""'), env: { GH_TOKEN: 'gh' } },
      get: (c) => c.github.token,
      expected: 'gh',
    },
    {
      name: 'null in the file is unset',
      project: { files: github('token:'), env: { GH_TOKEN: 'gh' } },
      get: (c) => c.github.token,
      expected: 'gh',
    },
    {
      name: 'WIZARD_TOKEN above the file',
      project: { files: github('token: file'), env: { WIZARD_TOKEN: 'wizard', GH_TOKEN: 'gh' } },
      get: (c) => [c.github.token, source('github.token')(c)],
      expected: ['wizard', 'variable WIZARD_TOKEN'],
    },
    {
      name: 'blanks around it are taken off',
      project: { env: { GH_TOKEN: ' gh\n' } },
      get: (c) => c.github.token,
      expected: 'gh',
    },
    {
      name: 'an app in the file above GH_TOKEN',
      project: {
        files: github('app: { id: 1, private_key: k.pem, installation: 2 }'),
        env: { GH_TOKEN: 'gh' },
      },
      get: (c) => [c.github.token, c.github.app],
      expected: [null, { id: 1, privateKey: 'PROJECT/config/k.pem', installation: 2 }],
    },
    {
      name: 'WIZARD_TOKEN above an app',
      project: {
        files: github('app: { id: 1, private_key: k.pem, installation: 2 }'),
        env: { WIZARD_TOKEN: 'wizard' },
      },
      get: (c) => [c.github.token, c.github.app],
      expected: ['wizard', null],
    },
  ],
  owner: [
    {
      name: 'GITHUB_OWNER of .env',
      project: { files: { ...file('root: .\n'), 'config/.env': 'GITHUB_OWNER=dot\n' } },
      get: (c) => c.github.owner,
      expected: 'dot',
    },
    {
      name: 'the file above GITHUB_OWNER',
      project: { files: github('owner: file'), env: { GITHUB_OWNER: 'env' } },
      get: (c) => c.github.owner,
      expected: 'file',
    },
    {
      name: 'WIZARD_OWNER above the file',
      project: { files: github('owner: file'), env: { WIZARD_OWNER: 'wizard' } },
      get: (c) => c.github.owner,
      expected: 'wizard',
    },
  ],
  addresses: [
    ...(
      [
        ['nothing', {}, 'https://api.github.com', 'https://github.com'],
        [
          'GITHUB_API_URL',
          { GITHUB_API_URL: 'https://a.example/api/v3/' },
          'https://a.example/api/v3',
          'https://a.example',
        ],
        [
          'GH_HOST',
          { GH_HOST: 'A.example:8443' },
          'https://a.example:8443/api/v3',
          'https://a.example:8443',
        ],
        [
          'GH_HOST of github.com',
          { GH_HOST: 'github.com' },
          'https://api.github.com',
          'https://github.com',
        ],
        [
          'GH_HOST with data residency',
          { GH_HOST: 'octo.ghe.com' },
          'https://api.octo.ghe.com',
          'https://octo.ghe.com',
        ],
        [
          'GITHUB_API_URL above GH_HOST',
          { GITHUB_API_URL: 'https://a.example', GH_HOST: 'b.example' },
          'https://a.example',
          'https://a.example',
        ],
        [
          'WIZARD_BASE_URL',
          { WIZARD_BASE_URL: 'http://127.0.0.1:9/x/api/v3', GITHUB_API_URL: 'https://a.example' },
          'http://127.0.0.1:9/x/api/v3',
          'http://127.0.0.1:9/x',
        ],
        [
          'WIZARD_GIT_URL',
          { WIZARD_GIT_URL: 'http://localhost:8080/git/' },
          'https://api.github.com',
          'http://localhost:8080/git',
        ],
      ] satisfies [string, Record<string, string>, string, string][]
    ).map(
      ([name, env, api, git]): Case => ({
        name,
        project: { env },
        get: (c) => [c.github.baseUrl, c.github.gitUrl],
        expected: [api, git],
      }),
    ),
    {
      name: 'the file above GITHUB_API_URL',
      project: {
        files: github('base_url: http://localhost:1/'),
        env: { GITHUB_API_URL: 'https://a.example' },
      },
      get: (c) => [c.github.baseUrl, c.github.gitUrl],
      expected: ['http://localhost:1', 'http://localhost:1'],
    },
  ],
  numbers: [
    {
      name: 'defaults',
      project: {},
      get: ({ github: { timeout, retryAttempts, concurrency, proxy }, logsKeepDays }) => [
        timeout,
        retryAttempts,
        concurrency,
        proxy,
        logsKeepDays,
      ],
      expected: [30, 3, 8, null, 30],
    },
    {
      name: 'the file',
      project: {
        files: file(
          'github: { timeout: 0.5, retry_attempts: 0, concurrency: 2, proxy: "http://localhost:1" }\nlogs_keep_days: 7\n',
        ),
      },
      get: ({ github: { timeout, retryAttempts, concurrency, proxy }, logsKeepDays }) => [
        timeout,
        retryAttempts,
        concurrency,
        proxy,
        logsKeepDays,
      ],
      expected: [0.5, 0, 2, 'http://localhost:1', 7],
    },
    {
      name: 'WIZARD_ variables above the file',
      project: {
        files: file(
          'github: { timeout: 5, retry_attempts: 5, concurrency: 5 }\nlogs_keep_days: 5\n',
        ),
        env: {
          WIZARD_TIMEOUT: '1.5',
          WIZARD_RETRY_ATTEMPTS: '0',
          WIZARD_CONCURRENCY: '4',
          WIZARD_PROXY: 'http://proxy.example:3128',
          WIZARD_LOGS_KEEP_DAYS: '3',
        },
      },
      get: ({ github: { timeout, retryAttempts, concurrency, proxy }, logsKeepDays }) => [
        timeout,
        retryAttempts,
        concurrency,
        proxy,
        logsKeepDays,
      ],
      expected: [1.5, 0, 4, 'http://proxy.example:3128', 3],
    },
  ],
  engine: [
    {
      name: 'the default',
      project: {},
      get: (c) => [c.gitEngine, source('git.engine')(c)],
      expected: ['wizard', 'default'],
    },
    {
      name: 'the file',
      project: { files: file('git: { engine: isomorphic-git }\n') },
      get: (c) => [c.gitEngine, source('git.engine')(c)],
      expected: ['isomorphic-git', 'file'],
    },
    {
      name: 'one file for all',
      project: { files: { 'wizard.config.yaml': 'git:\n  engine: isomorphic-git\n' } },
      get: (c) => c.gitEngine,
      expected: 'isomorphic-git',
    },
    {
      name: 'WIZARD_GIT_ENGINE above the file',
      project: {
        files: file('git: { engine: isomorphic-git }\n'),
        env: { WIZARD_GIT_ENGINE: 'wizard' },
      },
      get: (c) => [c.gitEngine, source('git.engine')(c)],
      expected: ['wizard', 'variable WIZARD_GIT_ENGINE'],
    },
  ],
  root: [
    {
      name: 'without configuration',
      project: {},
      get: (c) => c.root,
      expected: 'HOME/.local/share/wizard',
    },
    {
      name: 'the folder that holds config/',
      project: { files: file('github: {}\n') },
      get: (c) => c.root,
      expected: 'PROJECT',
    },
    {
      name: 'the folder that holds wizard/config/',
      project: { files: { 'wizard/config/github.yaml': 'github: {}\n' } },
      get: (c) => c.root,
      expected: 'PROJECT',
    },
    {
      name: 'a named folder of another name',
      project: { files: { 'etc/github.yaml': 'github: {}\n' }, flags: { config: 'etc' } },
      get: (c) => c.root,
      expected: 'PROJECT/etc',
    },
    {
      name: 'the user’s folder',
      project: { files: { '~/.config/wizard/github.yaml': 'github: {}\n' } },
      get: (c) => [c.root, c.logsDir],
      expected: ['HOME/.local/share/wizard', 'HOME/.local/share/wizard/memory/logs'],
    },
    {
      name: 'root in the user’s folder',
      project: { files: { '~/.config/wizard/github.yaml': 'root: mine\n' } },
      get: (c) => c.root,
      expected: 'HOME/.local/share/wizard/mine',
    },
    {
      name: 'root: .',
      project: { files: file('root: .\n') },
      get: (c) => c.root,
      expected: 'PROJECT',
    },
    {
      name: 'root: ../other',
      project: { files: file('root: ../other\n') },
      get: (c) => c.root,
      expected: 'PROJECT/../other',
    },
    { name: 'root: /', project: { files: file('root: /\n') }, get: (c) => c.root, expected: '/' },
    {
      name: 'WIZARD_ROOT above it, from the current folder',
      project: { files: file('root: file\n'), cwd: 'sub', env: { WIZARD_ROOT: 'env' } },
      get: (c) => c.root,
      expected: 'PROJECT/sub/env',
    },
    {
      name: '--root above both',
      project: {
        files: file('root: file\n'),
        cwd: 'sub',
        env: { WIZARD_ROOT: 'env' },
        flags: { root: '../flag' },
      },
      get: (c) => [c.root, source('root')(c)],
      expected: ['PROJECT/flag', 'flag --root'],
    },
  ],
  xdg: [
    {
      name: 'XDG_DATA_HOME',
      project: { env: { XDG_DATA_HOME: '/data' } },
      get: (c) => c.root,
      expected: '/data/wizard',
    },
    {
      name: 'a relative one is ignored',
      project: { env: { XDG_DATA_HOME: 'data' } },
      get: (c) => c.root,
      expected: 'HOME/.local/share/wizard',
    },
  ],
  logs: [
    {
      name: 'without configuration',
      project: {},
      get: (c) => c.logsDir,
      expected: 'HOME/.local/state/wizard/logs',
    },
    {
      name: 'without configuration, XDG_STATE_HOME',
      project: { env: { XDG_STATE_HOME: '/var/state' } },
      get: (c) => c.logsDir,
      expected: '/var/state/wizard/logs',
    },
    {
      name: 'with nothing but a root',
      project: { flags: { root: 'r' } },
      get: (c) => c.logsDir,
      expected: 'PROJECT/r/memory/logs',
    },
    {
      name: 'in ROOT',
      project: { files: file('github: {}\n') },
      get: (c) => c.logsDir,
      expected: 'PROJECT/memory/logs',
    },
    {
      name: 'always in ROOT',
      project: { files: file('logs: /var/log\n') },
      get: (c) => c.logsDir,
      expected: 'PROJECT/var/log',
    },
    {
      name: 'WIZARD_LOGS',
      project: { files: file('logs: x\n'), env: { WIZARD_LOGS: '/var/log' } },
      get: (c) => c.logsDir,
      expected: '/var/log',
    },
  ],
  folder: [
    { name: 'none', project: {}, get: (c) => [c.dir, c.trusted], expected: [null, true] },
    {
      name: 'config/ before wizard/config/',
      project: { files: { ...file('root: .\n'), 'wizard/config/github.yaml': 'root: .\n' } },
      get: (c) => [c.dir, c.trusted],
      expected: ['PROJECT/config', false],
    },
    {
      name: 'wizard/config/ here before config/ above',
      project: {
        files: { ...file('root: .\n'), 'a/wizard/config/plugins.yaml': 'plugins: {}\n' },
        cwd: 'a',
      },
      get: (c) => [c.dir, Object.keys(c.files)],
      expected: ['PROJECT/a/wizard/config', ['plugins']],
    },
    {
      name: 'a folder above',
      project: { files: file('root: .\n'), cwd: 'a/b/c' },
      get: (c) => [c.dir, c.root],
      expected: ['PROJECT/config', 'PROJECT'],
    },
    {
      name: 'no file of ours, not even .env',
      project: {
        files: { ...file('root: .\n'), 'a/config/.env': '', 'a/config/app.yaml': '' },
        cwd: 'a',
      },
      get: (c) => c.dir,
      expected: 'PROJECT/config',
    },
    {
      name: 'found before the user’s',
      project: { files: { ...file('root: .\n'), '~/.config/wizard/repos.yaml': 'repos: {}\n' } },
      get: (c) => [c.dir, Object.keys(c.files)],
      expected: ['PROJECT/config', ['github']],
    },
    {
      name: 'the user’s, of XDG_CONFIG_HOME',
      project: {
        files: { '~/cfg/wizard/repos.yaml': 'repos: {}\n' },
        env: { XDG_CONFIG_HOME: 'HOME/cfg' },
      },
      get: (c) => [c.dir, c.trusted],
      expected: ['HOME/cfg/wizard', true],
    },
    {
      name: 'WIZARD_CONFIG above what is found',
      project: {
        files: { ...file('root: .\n'), 'other/github.yaml': 'root: .\n' },
        env: { WIZARD_CONFIG: 'other' },
      },
      get: (c) => [c.dir, c.trusted],
      expected: ['PROJECT/other', true],
    },
    {
      name: '--config above WIZARD_CONFIG',
      project: {
        files: { 'one/github.yaml': 'root: .\n', 'other/github.yaml': 'root: .\n' },
        env: { WIZARD_CONFIG: 'other' },
        flags: { config: 'one' },
      },
      get: (c) => c.dir,
      expected: 'PROJECT/one',
    },
  ],
}

describe.each(Object.entries(table))('%s', (_, cases) => {
  test.each(cases)('$name', async ({ project, get, expected }) => {
    const { request, top, home } = await makeProject(project)
    const place = (text: string) => text.replaceAll('PROJECT', top).replaceAll('HOME', home)
    const env = Object.fromEntries(
      Object.entries(request.env).map(([name, value]) => [name, place(value ?? '')]),
    )
    const { loadConfig } = await import('../../src/config/load.js')
    const config = await loadConfig({ ...request, env })
    const { resolve } = await import('node:path')
    const wanted = JSON.parse(place(JSON.stringify(expected)), (_key, value) =>
      typeof value === 'string' && value.startsWith('/') ? resolve(value) : value,
    )
    expect(get(config)).toEqual(wanted)
  })
})

describe('a wrong value in a variable', () => {
  test.each([
    [{ WIZARD_TIMEOUT: 'soon' }, 'WIZARD_TIMEOUT: expected a number'],
    [{ WIZARD_CONCURRENCY: '0' }, 'WIZARD_CONCURRENCY: expected at least 1'],
    [{ WIZARD_RETRY_ATTEMPTS: '1.5' }, 'WIZARD_RETRY_ATTEMPTS: expected a whole number'],
    [{ WIZARD_LOGS_KEEP_DAYS: '-1' }, 'WIZARD_LOGS_KEEP_DAYS: expected at least 1'],
    [{ WIZARD_GIT_ENGINE: 'git' }, 'WIZARD_GIT_ENGINE: expected wizard or isomorphic-git'],
    [{ WIZARD_OWNER: 'a/b' }, 'WIZARD_OWNER: expected an organization or user'],
    [{ GITHUB_API_URL: 'http://a.example' }, 'GITHUB_API_URL: expected an https:// address'],
    [{ GH_HOST: 'a b' }, 'GH_HOST: expected an https:// address'],
    [{ WIZARD_PROXY: 'proxy:1' }, 'WIZARD_PROXY: expected the address of a proxy'],
    [{ GH_TOKEN: 'ghp_one two' }, 'GH_TOKEN: expected a token'],
  ] satisfies [Record<string, string>, string][])('%j', async (env, message) => {
    const { request } = await makeProject({ env })
    const error = await failure(request)
    expect(error.message).toContain(message)
    expect(error.message).not.toContain('ghp_')
    expect(error.code).toBe('CONFIG')
  })
})

test('nothing of the current folder is run', async () => {
  const files = { '.config/config.js': 'globalThis.wasRun = true\n', ...file('root: .\n') }
  await load({ files })
  expect(globalThis).not.toHaveProperty('wasRun')
})
