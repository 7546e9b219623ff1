import { afterAll, describe } from 'vitest'
import { engines } from '../support/engines.js'
import { acceptSuite } from './conformance/accept.js'
import { killSuite } from './conformance/kill.js'
import { operatorSuite } from './conformance/operator.js'
import { runsSuite } from './conformance/runs.js'

for (const engine of engines) {
  describe.skipIf(!engine.isInstalled)(`a store of deliveries in ${engine.name}`, () => {
    afterAll(() => engine.stop())
    describe('accepts', () => acceptSuite(engine))
    describe('runs', () => runsSuite(engine))
    describe('serves its operator', () => operatorSuite(engine))
    describe('in a process that is killed', () => killSuite(engine))
  })
}
