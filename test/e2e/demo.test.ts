import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('the demo shows what it promises', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    'scripts/run.js',
    'demo/index.ts',
  ])
  expect(stdout).toContain('All is as it should be.')
  expect(stdout).not.toContain('✘')
})
