import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import { webhookEvents } from '../../../src/base/names/webhook-events.js'

const require = createRequire(import.meta.url)

it('knows every event of which Octokit has an example', () => {
  const examples: { name: string }[] = require('@octokit/webhooks-examples')
  const names = examples.map(({ name }) => name)
  expect(names.length).toBeGreaterThan(50)
  expect(names.filter((name) => !webhookEvents.has(name))).toEqual([])
})

it('is in alphabetical order', () => {
  const names = [...webhookEvents]
  expect(names).toEqual(names.toSorted())
})
