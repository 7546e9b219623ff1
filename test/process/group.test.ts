import { describe, expect, it } from 'vitest'
import { startGuard } from '../../src/process/group.js'

describe('startGuard', () => {
  it('ends at once if the command could not be started', async () => {
    const start = performance.now()
    await startGuard({ PATH: process.env.PATH ?? '' }).dismiss()
    // A guard that takes its dismissal for a group waits five seconds before it kills.
    expect(performance.now() - start).toBeLessThan(4000)
  })
})
