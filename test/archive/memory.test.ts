import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { zip } from 'local-github'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, expect, it } from 'vitest'

const run = promisify(execFile)
let folder: string
let child: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archive-memory-'))
  child = join(folder, 'child.mjs')
  const input = join(import.meta.dirname, 'unpack-child.ts')
  const bundle = await rolldown({ input, platform: 'node', logLevel: 'silent' })
  await bundle.write({ file: child, format: 'esm', codeSplitting: false })
  await bundle.close()
})
afterAll(() => rm(folder, { recursive: true }))

/** It compresses to a tenth. */
const content = (size: number) => Buffer.concat([randomBytes(size / 10)], size)

it.runIf(process.platform === 'linux').each([
  ['many small files', 5000, 10_000],
  ['files of 1 MB', 100, 1_000_000],
  ['one large file', 1, 200_000_000],
])('takes little memory for %s', { tags: ['deep'] }, async (_what, count, size) => {
  const entry = { content: content(size), deflated: true }
  const entries = Array.from({ length: count }, (_none, index) => ({ name: `f${index}`, ...entry }))
  await writeFile(join(folder, 'a.zip'), zip(entries))
  const out = join(folder, 'out')
  const { stdout } = await run(process.execPath, [child, join(folder, 'a.zip'), out])
  expect(await readdir(out)).toHaveLength(count)
  expect(Number(stdout)).toBeGreaterThan(10_000)
  expect(Number(stdout)).toBeLessThan(150_000)
  await rm(out, { recursive: true })
})
