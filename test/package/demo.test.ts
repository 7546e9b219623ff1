import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, inject, it } from 'vitest'

const wizard = join(inject('consumer'), 'node_modules/udos-wizard/bin/wizard.js')

for (const [major, found] of Object.entries(inject('nodes'))) {
  it(`the demo shows what it promises with the installed package on node ${major}`, async ({
    skip,
  }) => {
    if ('missing' in found) return skip(found.missing)
    const demo = ['scripts/run.js', 'demo/index.ts', '--wizard', wizard, '--node', found.path]
    const { stdout } = await promisify(execFile)(process.execPath, demo)
    expect(stdout).toContain('All is as it should be.')
    expect(stdout).not.toContain('✘')
  })
}
