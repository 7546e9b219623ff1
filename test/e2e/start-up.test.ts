import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { bareEnvironment, runWizard } from '../support/wizard.js'

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

it('--version is the version alone', { tags: ['deep'] }, async () => {
  const { version } = JSON.parse(
    await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  for (const argv of [['--version'], ['repo', '--version']]) {
    const { out, err, status } = await runWizard(argv, { cwd: tmpdir() })
    expect([out, err, status]).toEqual([`${version}\n`, '', 0])
  }
})

it("help loads none of node's large modules", async () => {
  const large = ['crypto', 'http', 'https', 'tls', 'child_process']
  const names = `process.moduleLoadList.map((name) => name.replace('NativeModule ', ''))`
  const list = `process.on('exit', () => console.error(JSON.stringify(${names})))`
  const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(list)}`]
  const { out, err } = await runWizard(['REPO', '--help'], { cwd: tmpdir(), nodeArgs })
  expect(out).toContain('REPO')
  const loaded: string[] = JSON.parse(err)
  expect(loaded).toContain('fs')
  expect(loaded.filter((name) => large.includes(name))).toEqual([])
})
