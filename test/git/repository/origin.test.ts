import { appendFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readLocal } from '../../../src/git/repository/open.js'
import { git, temporaryFolder } from '../support/real-git.js'

const github = 'https://github.com/'

test.each<[string, string, string, string[]]>([
  ['none', '', '', [`${github}o/r`]],
  ['a local alias', `[url "${github}"]\ninsteadOf = gh:\n`, '', ['gh:o/r']],
  ['an alias of the user', '', `[url "${github}"]\ninsteadOf = gh:\n`, ['gh:o/r']],
  [
    'the longest of several',
    `[url "https://one.test/"]\ninsteadOf = gh:\n[url "https://two.test/"]\ninsteadOf = gh:o/\ninsteadOf = g\n`,
    '[url "https://three.test/"]\ninsteadOf = gh\n',
    ['gh:o/r'],
  ],
  [
    'the first of two that are equally long',
    '[url "https://one.test/"]\ninsteadOf = gh:\n[url "https://two.test/"]\ninsteadOf = gh:\n',
    '',
    ['gh:o/r'],
  ],
  ['an alias of another beginning', `[url "${github}"]\ninsteadOf = gh:\n`, '', ['x-gh:o/r']],
  [
    'an alias for pushes',
    `[url "https://push.test/"]\npushInsteadOf = ${github}\n`,
    '',
    [`${github}o/r`],
  ],
  [
    'an alias that leads elsewhere',
    '',
    `[url "https://evil.test/"]\ninsteadOf = ${github}\n`,
    [`${github}o/r`],
  ],
  ['two addresses', '', '', [`${github}o/first`, `${github}o/second`]],
])('%s is resolved as git resolves it', async (_, local, user, urls) => {
  const home = realpathSync(temporaryFolder())
  const dir = join(home, 'clone')
  git(home, ['init', '--quiet', dir])
  for (const url of urls) git(dir, ['config', '--add', 'remote.origin.url', url])
  appendFileSync(join(dir, '.git/config'), local)
  const global = join(home, '.gitconfig')
  writeFileSync(global, user)
  const env = { HOME: home, GIT_CONFIG_GLOBAL: global, GIT_CONFIG_NOSYSTEM: '1' }
  const found = await readLocal(dir, env)
  expect(found).toMatchObject({ origin: git(dir, ['ls-remote', '--get-url', 'origin'], { env }) })
})
