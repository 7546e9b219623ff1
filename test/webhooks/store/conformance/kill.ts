import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openStore, type StoreOptions } from '../../../../src/webhooks/store/open.js'
import type { TestEngine, TestStore } from '../../support/engines.js'
import { buildStoreChild, type StoreChild } from '../../support/store-child.js'

export const killSuite = (engine: TestEngine) => {
  let child: StoreChild
  let opened: TestStore
  beforeAll(async () => {
    child = await buildStoreChild()
  })
  afterAll(() => child.remove())
  beforeEach(async () => {
    opened = await engine.open()
  })
  afterEach(() => opened.close())

  test('has lost nothing that it was given, and ends no run twice', {
    tags: ['deep'],
  }, async () => {
    const said: string[] = []
    for (const lines of [2, 9, 41]) said.push(...(await killAfter(child, lines, opened.options)))
    const named = (word: string) =>
      said.filter((line) => line.startsWith(word)).flatMap((line) => line.split(' ').slice(1))
    const accepted = named('accepted')
    const ended = named('done')
    expect(accepted.length).toBeGreaterThan(40)
    expect(ended.length).toBeGreaterThan(20)
    expect(new Set(ended).size).toBe(ended.length)

    const store = await openStore(opened.options)
    expect([...(await store.known(accepted))].sort()).toEqual([...accepted].sort())
    const done = await store.list({ status: ['done'], limit: 10_000 })
    const ids = new Set(done.map(({ delivery }) => delivery))
    expect(ended.filter((id) => !ids.has(id))).toEqual([])
    await store.close()
  })
}

/** What a process has said of its store until it was killed after so many lines. */
async function killAfter(
  { file }: StoreChild,
  lines: number,
  options: StoreOptions,
): Promise<string[]> {
  const writer = spawn(process.execPath, [file, JSON.stringify(options)])
  const said: string[] = []
  let errors = ''
  writer.stderr.on('data', (bytes) => {
    errors += bytes
  })
  for await (const line of createInterface({ input: writer.stdout })) {
    said.push(line)
    if (said.length === lines) writer.kill('SIGKILL')
  }
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit')
  expect([writer.signalCode, errors]).toEqual(['SIGKILL', ''])
  return said
}
