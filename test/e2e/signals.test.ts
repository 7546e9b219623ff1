import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { lastRun, openActions, said } from '../support/actions.js'
import { openReleases, releasesOn } from '../support/releases.js'
import { ended } from '../support/wizard.js'
import { openWorkspace, reached, type Workspace } from '../support/workspace.js'

async function opened<Space extends Workspace>(opening: Promise<Space>): Promise<Space> {
  const space = await opening
  onTestFinished(() => space.close())
  return space
}

const runWait = ['WORKFLOW', 'RUN', 'core/tests', '--wait', '--interval', '1']

it('SIGTERM ends REPO SYNC with exit 143, and it cleans up', { tags: ['deep'] }, async () => {
  const space = await opened(openWorkspace())
  await space.github.addRepository('uDOS/typo', { files: { 'a.txt': 'one\n' } })
  await space.repos({ tools: [{ repo: 'typo' }] })
  const silence = space.github.fail({ origin: 'git', delay: 'forever' })
  const child = space.start(['REPO', 'SYNC', '--json'])
  const end = ended(child)
  await reached(silence)
  child.kill('SIGTERM')
  const { status, json, err } = await end
  expect([status, json.repositories[0].status]).toEqual([143, 'failed'])
  expect(JSON.parse(err).error.code).toBe('INTERRUPTED')
  expect(await readdir(space.path('library/tools')).catch(() => [])).toEqual([])
  expect(await readdir(space.path('.wizard'))).toEqual(['state.json'])
})

describe('WORKFLOW RUN --wait', { tags: ['deep'] }, () => {
  it('SIGINT is exit 130: the run goes on, and how to come back is told', async () => {
    const space = await opened(openActions())
    const child = space.start(runWait)
    const done = ended(child)
    await said(child, /dispatched/)
    child.kill('SIGINT')
    const { status, err } = await done
    const { id } = lastRun(space)
    expect([status, lastRun(space).status]).toEqual([130, 'queued'])
    expect(err).toContain(`return to it with wizard WORKFLOW WATCH uDOS/engine/${id}`)
  })

  it('SIGTERM with --json is exit 143 and the document, and the error tells how to come back', async () => {
    const space = await opened(openActions())
    const fault = space.github.fail({ path: /\/actions\/runs\/\d+$/, skip: 1, delay: 'forever' })
    const child = space.start([...runWait, '--json'])
    const done = ended(child)
    await reached(fault)
    child.kill('SIGTERM')
    const { status, out, err } = await done
    const { id } = lastRun(space)
    expect([status, JSON.parse(out)]).toEqual([143, expect.objectContaining({ run_id: id })])
    const hint = expect.stringContaining(`wizard WORKFLOW WATCH uDOS/engine/${id}`)
    expect(JSON.parse(err)).toMatchObject({
      error: { code: 'INTERRUPTED', message: 'interrupted', hint },
    })
  })
})

describe('RELEASE PUBLISH', { tags: ['deep'] }, () => {
  it('where its terminal is closed the build ends with it', async () => {
    const build = 'trap "touch ../told; exit 1" TERM; echo begun; sleep 60 & wait'
    const space = await opened(openReleases({ release: { build: [build] } }))
    const child = space.start(['RELEASE', 'PUBLISH', 'core'])
    const gone = once(child, 'close')
    await said(child, /^begun$/m)
    child.kill('SIGHUP')
    expect(await gone).toEqual([129, null])
    expect(await space.read('engine/told')).toBe('')
    expect(releasesOn(space)).toEqual([])
  })
})
