import { afterAll, describe, test } from 'vitest'
import { engines } from '../support/engines.js'
import { postgresFolder } from '../support/postgres.js'
import { acceptSuite } from './conformance/accept.js'
import { killSuite } from './conformance/kill.js'
import { operatorSuite } from './conformance/operator.js'
import { runsSuite } from './conformance/runs.js'

describe.each(engines)('a store of deliveries in $name', (engine) => {
  afterAll(() => engine.stop())
  describe('accepts', () => acceptSuite(engine))
  describe('runs', () => runsSuite(engine))
  describe('serves its operator', () => operatorSuite(engine))
  describe('in a process that is killed', () => killSuite(engine))
})

test('has PostgreSQL to try', (context) => {
  if (postgresFolder() === null) context.skip('PostgreSQL is not installed')
})
