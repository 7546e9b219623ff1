import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zip } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ArchiveSource } from '../../src/archive/source.js'
import { openTarSource } from '../../src/archive/tar.js'
import { openZipSource } from '../../src/archive/zip.js'
import { WizardError } from '../../src/base/errors.js'
import { tar } from '../support/tar.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faults-'))
})
afterEach(() => rm(folder, { recursive: true }))

const members = [
  { name: 'a/one.txt', content: 'one' },
  { name: 'two', content: 'two'.repeat(300) },
]

/** Each byte of the archive changed, and the archive cut at each: what opening it says. */
async function faultsOf(
  open: (path: string) => Promise<ArchiveSource>,
  whole: Buffer,
): Promise<Set<string>> {
  const found = new Set<string>()
  const path = join(folder, 'x')
  const step = whole.length > 2000 ? 23 : 3
  for (let at = 0; at < whole.length; at += step) {
    const flipped = Buffer.from(whole)
    flipped[at] = (flipped[at] ?? 0) ^ 0xff
    for (const bytes of [flipped, whole.subarray(0, at)]) {
      await writeFile(path, bytes)
      try {
        await (await open(path)).close()
      } catch (error) {
        expect(error).toBeInstanceOf(WizardError)
        found.add((error as Error).message)
      }
    }
  }
  return found
}

/** The sentences that a library makes errors of. */
function sentencesIn(file: string): string[] {
  const source = readFileSync(createRequire(import.meta.url).resolve(file), 'utf8')
  const calls = source.matchAll(/(?:new Error\(|warn\('\w+', )["'`]([^"'`$]{8,})/g)
  return [...calls].map(([, sentence = '']) => sentence.trim())
}

describe('a damaged archive', { tags: ['deep'] }, () => {
  it.each([
    ['zip', (path: string) => openZipSource(path, 'zip', { label: 'x' }), zip(members), 'yauzl'],
    [
      'tar',
      (path: string) => openTarSource(path, 'tar', { label: 'x' }),
      tar(members),
      'tar/parse',
    ],
  ] as const)('%s is in wizard’s words', async (_kind, open, whole, library) => {
    const sentences = sentencesIn(library)
    expect(sentences.length).toBeGreaterThan(4)
    const faults = [...(await faultsOf(open, whole))]
    expect(faults.length).toBeGreaterThan(4)
    for (const fault of faults) {
      for (const sentence of sentences) expect(fault).not.toContain(sentence)
      expect(fault).not.toMatch(/TAR_|0x|\d+ (?:more )?bytes, only/)
    }
  })
})
