import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readLfsSettings } from '../../../src/git/lfs/settings.js'
import { temporaryFolder } from '../support/real-git.js'

const repository = 'https://github.com/uDOS/media.git'

interface Given {
  /** The repository's own configuration. */
  config?: string
  /** `.lfsconfig` */
  shared?: string
  env?: Record<string, string>
  url?: string
}

function settingsOf({ config = '', shared, env = {}, url = repository }: Given) {
  const gitDir = join(temporaryFolder(), '.git')
  mkdirSync(gitDir)
  writeFileSync(join(gitDir, 'config'), config)
  return readLfsSettings({ gitDir, env, url, shared: shared ?? null })
}

const usual = 'https://github.com/uDOS/media.git/info/lfs'

describe('the server of Git LFS', () => {
  test.each<[string, Given, string, boolean]>([
    ['is the repository’s', {}, usual, false],
    ['without .git in its address', { url: 'https://github.com/uDOS/media' }, usual, false],
    [
      'is lfs.url',
      { config: '[lfs]\n\turl = https://lfs.example.org/x\n' },
      'https://lfs.example.org/x',
      false,
    ],
    [
      'is that of the remote',
      { config: '[remote "origin"]\n\tlfsurl = https://lfs.example.org/x\n' },
      'https://lfs.example.org/x',
      false,
    ],
    [
      'is lfs.url before that of the remote',
      {
        config:
          '[remote "origin"]\n\tlfsurl = https://a.example\n[lfs]\n\turl = https://b.example/\n',
      },
      'https://b.example/',
      false,
    ],
    [
      'is the one of .lfsconfig, a foreign one',
      { shared: '[lfs]\n\turl = https://lfs.example.org/x\n' },
      'https://lfs.example.org/x',
      true,
    ],
    [
      'is the one of .lfsconfig on the same host',
      { shared: '[lfs]\n\turl = https://github.com/uDOS/other.git/info/lfs\n' },
      'https://github.com/uDOS/other.git/info/lfs',
      false,
    ],
    [
      'is git’s own before .lfsconfig',
      {
        config: '[lfs]\n\turl = https://mine.example/\n',
        shared: '[lfs]\n\turl = https://theirs.example/\n',
      },
      'https://mine.example/',
      false,
    ],
    [
      'by ssh is the same path over https',
      { shared: '[lfs]\n\turl = git@github.com:uDOS/other\n' },
      'https://github.com/uDOS/other.git/info/lfs',
      false,
    ],
    [
      'by an ssh address is the same path over https',
      { shared: '[lfs]\n\turl = ssh://git@github.com:22/uDOS/other.git\n' },
      'https://github.com/uDOS/other.git/info/lfs',
      false,
    ],
    [
      'has no credentials',
      { config: '[lfs]\n\turl = https://me:sesame@lfs.example.org/x\n' },
      'https://lfs.example.org/x',
      false,
    ],
  ])('%s', (_name, given, endpoint, isForeign) => {
    const settings = settingsOf(given)
    expect([settings.endpoint.href, settings.isForeign]).toEqual([endpoint, isForeign])
  })

  test.each(['http://lfs.example.org/x', 'file:///srv', 'ext::sh -c x', '', 'https://'])(
    '%j is refused',
    (url) => {
      expect(() => settingsOf({ shared: `[lfs]\n\turl = "${url}"\n` })).toThrow(
        'not an https address',
      )
    },
  )

  test('may be on http where the repository is', () => {
    const url = 'http://127.0.0.1:4000/uDOS/media.git'
    const shared = '[lfs]\n\turl = http://127.0.0.1:5000/x\n'
    const { endpoint, isForeign } = settingsOf({ url, shared })
    expect([endpoint.href, isForeign]).toEqual(['http://127.0.0.1:5000/x', true])
  })
})

test.each<[string, Given, boolean]>([
  ['usually', {}, true],
  ['not with GIT_LFS_SKIP_SMUDGE', { env: { GIT_LFS_SKIP_SMUDGE: 'true' } }, false],
  ['with GIT_LFS_SKIP_SMUDGE=0', { env: { GIT_LFS_SKIP_SMUDGE: '0' } }, true],
  [
    'not after `git lfs install --skip-smudge`',
    { config: '[filter "lfs"]\n\tprocess = git-lfs filter-process --skip\n' },
    false,
  ],
  [
    'whatever .lfsconfig says of the filter',
    { shared: '[filter "lfs"]\n\tprocess = git-lfs filter-process --skip\n' },
    true,
  ],
])('content is wanted %s', (_name, given, isOn) => {
  expect(settingsOf(given).isOn).toBe(isOn)
})
