import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lastRun, openActions } from '../support/actions.js'
import type { Workspace } from '../support/workspace.js'
import { typing } from './support/terminal.js'

let space: Workspace
beforeEach(async () => {
  space = await openActions()
})
afterEach(() => space.close())

describe('WORKFLOW RUN at a terminal asks for inputs', () => {
  const run = (args: string[], steps: Parameters<typeof typing>[2]) =>
    typing(['WORKFLOW', 'RUN', ...args], { cwd: space.root, columns: 80 }, steps)

  it('with choices and defaults, and again where an answer is wrong', async () => {
    const { status, shown } = await run(
      ['core/tests'],
      [
        [/suite \(unit\|e2e\) \[unit\]: $/, 'nope\r'],
        [/must be unit\|e2e, not nope[\s\S]*suite \(unit\|e2e\) \[unit\]: $/, 'e2e\r'],
        [/verbose \(true\|false\) \[\]: $/, '\r'],
      ],
    )
    expect([status, lastRun(space).inputs]).toEqual([0, { suite: 'e2e', verbose: '' }])
    expect(shown).toContain('takes 2 inputs')
  })

  it('and insists on one that is required', { tags: ['deep'] }, async () => {
    await run(
      ['core/ship'],
      [
        [/version: $/, '\r'],
        [/version is required\s+version: $/, '1.2.3\r'],
      ],
    )
    expect(lastRun(space).inputs).toEqual({ version: '1.2.3' })
  })

  it.each([
    ['inputs that are given', ['core/ship', 'version=2']],
    ['--yes', ['core/tests', '--yes']],
  ])('but not with %s', { tags: ['deep'] }, async (_what, args) => {
    const { status, shown } = await run(args, [])
    expect(status).toBe(0)
    expect(shown).not.toContain('takes')
  })

  it('Ctrl-C dispatches nothing', { tags: ['deep'] }, async () => {
    const { status } = await run(['core/tests'], [[/suite .*: $/, '\u0003']])
    expect(status).toBe(130)
    expect(space.github.requests.filter(({ method }) => method === 'POST')).toEqual([])
  })
})
