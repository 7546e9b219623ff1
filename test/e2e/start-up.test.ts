import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { bareEnvironment } from '../support/wizard.js'

it('says that it is not built', async () => {
  const copy = await mkdtemp(join(tmpdir(), 'wizard-not-built-'))
  try {
    await cp(join(import.meta.dirname, '../../bin'), join(copy, 'bin'), { recursive: true })
    const run = promisify(execFile)(process.execPath, ['bin/wizard.js', 'REPO', '--help'], {
      cwd: copy,
      env: bareEnvironment(copy),
    })
    await expect(run).rejects.toMatchObject({
      code: 1,
      stderr: 'error: wizard is not built\nhint: npm run build\n',
    })
  } finally {
    await rm(copy, { recursive: true })
  }
})
