import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { bareEnvironment } from './support/wizard.js'

const run = promisify(execFile)
const project = join(import.meta.dirname, '../..')
let copy: string

beforeEach(async () => {
  copy = await mkdtemp(join(tmpdir(), 'wizard-built-'))
  for (const part of ['bin', 'dist/cli', 'package.json']) {
    await cp(join(project, part), join(copy, part), { recursive: true })
  }
})
afterEach(() => rm(copy, { recursive: true }))

const node = (...args: string[]) =>
  run(process.execPath, args, { cwd: copy, env: bareEnvironment(copy) })
const help = async () => (await node('bin/wizard.js', 'REPO', '--help')).stdout

async function codeFolders(): Promise<string[]> {
  const names = await readdir(join(copy, 'dist/cli'))
  return names
    .filter((name) => name.startsWith('code-'))
    .map((name) => join(copy, 'dist/cli', name))
}

it('takes the code that V8 made of the bundle when it was built', async ({ skip }) => {
  const isOurs = (await codeFolders()).some((path) => path.includes(`code-${process.version}-`))
  if (!isOurs) skip(`another node than ${process.version} has built it`)
  const script = `
    const { loadEntry, scripts } = require('./bin/load.js')
    process.argv.splice(1, 1, 'wizard', 'REPO', '--help')
    loadEntry('main').main(process).then(() => {
      console.error(scripts.size, [...scripts.values()].filter((one) => one.cachedDataRejected !== false).length)
    })`
  const { stderr } = await node('--eval', script)
  expect(stderr).toMatch(/^[1-9]\d* 0\n$/)
})

it('does the same without it, and where it is damaged', async () => {
  const [before, folders] = [await help(), await codeFolders()]
  for (const folder of folders) {
    for (const name of await readdir(folder)) await truncate(join(folder, name), 100)
  }
  expect(await help()).toBe(before)
  for (const folder of folders) await rm(folder, { recursive: true })
  expect(await help()).toBe(before)
})

it('says that it is not built', async () => {
  await rm(join(copy, 'dist'), { recursive: true })
  await expect(help()).rejects.toMatchObject({
    code: 1,
    stderr: 'error: wizard is not built\nhint: npm run build\n',
  })
})
