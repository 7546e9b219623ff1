import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ConfigError } from '../../src/base/errors.js'
import { load } from './support.js'

test('a file is read once, and again after a failure', async () => {
  const config = await load({ files: { 'config/repos.yaml': 'repos: [' } })
  const file = join(config.top, 'config/repos.yaml')
  const group = (repo: string) => `repos:\n  tools:\n    - { owner: uDOS, repo: ${repo} }\n`
  await expect(config.repos()).rejects.toThrow(ConfigError)
  await writeFile(file, group('typo'))
  const repos = await config.repos()
  expect(repos).toMatchObject([{ repo: 'typo' }])
  await writeFile(file, group('micro'))
  expect(await config.repos()).toBe(repos)
})
