import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { beforeAll, describe, expect, test } from 'vitest'
import { ConflictError } from '../../../../src/base/errors.js'
import { recover } from '../../../../src/git/worktree/move/recover.js'
import {
  as,
  copyOf,
  expectAt,
  head,
  isLink,
  lockOf,
  stepsOf,
  twoEnds,
} from '../../support/moves.js'
import { snapshot } from '../../support/snapshot.js'

describe('a process that is killed (SIGKILL)', { tags: ['deep'], timeout: 90_000 }, () => {
  let child = ''

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wizard-test-'))
    child = join(folder, 'child.mjs')
    const bundle = await rolldown({
      input: join(import.meta.dirname, 'sigkill-child.ts'),
      platform: 'node',
      logLevel: 'silent',
    })
    await bundle.write({ file: child, format: 'esm', codeSplitting: false })
    await bundle.close()
    return () => rmSync(folder, { recursive: true })
  })

  test('is recovered', async () => {
    const ends = twoEnds(5)
    const steps = await stepsOf(ends)
    for (let n = 2; n <= steps; n += 7) {
      const place = await copyOf(ends.base)
      const args = [child, place.dir, ends.from, ends.to, String(n)]
      const { signal, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
      expect([signal, stderr]).toEqual(['SIGKILL', ''])
      // If the owner counts as alive, nothing is touched.
      const was = snapshot(place.dir)
      const unsure = recover({ ...place, liveness: { mark: 'x', isAlive: async () => true } })
      if (isLink(lockOf(place))) {
        await expect(unsure).rejects.toThrow(ConflictError)
        expect(snapshot(place.dir)).toEqual(was)
      } else await unsure
      await recover({ ...place, liveness: as('second') })
      expectAt(place, ends, head(place.dir) === ends.to ? 'to' : 'from')
    }
  })
})
