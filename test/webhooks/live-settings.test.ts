import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { liveSettings } from '../../src/webhooks/live-settings.js'
import { type OpenedWebhooks, webhookSession } from './support/session.js'

let root: string
let opened: OpenedWebhooks
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'wizard-settings-'))
  opened = await webhookSession(root, { concurrency: 1 })
})
afterEach(() => rm(root, { recursive: true, force: true }))

function watching() {
  const settings = liveSettings(opened.session)
  const taken: number[] = []
  const watch = settings.watch(() => taken.push(settings.config.concurrency))
  return { settings, watch, taken }
}

it('takes a change from before the watch began', async () => {
  opened.configure({ concurrency: 2 })
  const { watch, taken } = watching()
  await watch.stop()
  expect(taken).toEqual([2])
})

it('is silent about a file that is as it was', async () => {
  const { watch, taken } = watching()
  await opened.clock.pass(5000)
  await watch.stop()
  expect([taken, opened.events, opened.lines]).toEqual([[], [], []])
})

it('sees a change while the file is being read', async () => {
  const { reload } = opened.session
  opened.session.reload = async () => {
    const config = await reload()
    if (config.concurrency === 2) opened.configure({ concurrency: 3 })
    return config
  }
  const { watch, taken } = watching()
  opened.configure({ concurrency: 2 })
  await vi.waitFor(async () => {
    await opened.clock.pass(1000)
    expect(taken).toEqual([2, 3])
  })
  await watch.stop()
})

it('reads once at a time, and ends after the reading that is under way', async () => {
  const { reload } = opened.session
  let [atOnce, most] = [0, 0]
  opened.session.reload = async () => {
    most = Math.max(most, ++atOnce)
    const config = await reload()
    atOnce--
    return config
  }
  const { watch, taken } = watching()
  opened.configure({ concurrency: 2 })
  void watch.reload()
  void watch.reload()
  await watch.stop()
  expect(most).toBe(1)
  expect(taken.at(-1)).toBe(2)
  expect(opened.clock.limits()).toEqual([])
})

it('reads again on demand, changed or not, and keeps the old settings where the file is wrong', async () => {
  const { settings, watch, taken } = watching()
  await watch.reload()
  expect(taken).toEqual([1])
  expect(opened.events).toContainEqual({ type: 'webhooks-reloaded' })
  opened.configure({ concurrency: 'many' })
  await watch.reload()
  await watch.stop()
  expect(settings.config.concurrency).toBe(1)
  expect(opened.warnings()).toEqual([
    expect.stringMatching(/webhooks.yaml was not reloaded.*concurrency/),
  ])
})

it('keeps the settings of a file that is away for a moment', async () => {
  const { watch, taken } = watching()
  await watch.reload()
  await rm(join(root, 'config', 'webhooks.yaml'))
  await opened.clock.pass(2000)
  expect(opened.warnings()).toEqual([])
  opened.configure({ concurrency: 4 })
  await vi.waitFor(async () => {
    await opened.clock.pass(1000)
    expect(taken).toEqual([1, 4])
  })
  await watch.stop()
})

it('warns of what takes a restart', async () => {
  const { watch } = watching()
  opened.configure({ port: 9000, recover: ['uDOS/core'], store: { keep: '7d' } })
  await watch.reload()
  await watch.stop()
  expect(opened.warnings()).toEqual([
    'webhooks.port has changed: this needs a restart',
    'webhooks.recover has changed: this needs a restart',
  ])
})
