import { writeSync } from 'node:fs'
import { systemClock } from '../../../src/base/clock.js'
import { WizardError } from '../../../src/base/errors.js'
import { openStore } from '../../../src/webhooks/store/open.js'
import { claimOf, decideFor, done, pushTo } from '../support/deliveries.js'

/*
 * Runs in its own process: accepts, routes and runs deliveries, and says on stdout what the store has
 * acknowledged, until it is killed or has done as many rounds as asked for.
 */
const [options = '', rounds = 'Infinity'] = process.argv.slice(2)
const say = (line: string) => writeSync(1, `${line}\n`)

try {
  const store = await openStore({ ...JSON.parse(options), clock: systemClock })
  say('opened')
  for (let round = 0; round < Number(rounds); round++) {
    const batch = Array.from({ length: 4 }, (_, index) => pushTo(`uDOS/repo-${index}`))
    await store.accept(batch)
    say(`accepted ${batch.map(({ delivery }) => delivery).join(' ')}`)
    await store.route(4, decideFor({}))
    for (const run of await store.claim(claimOf({ limit: 2 }))) {
      await store.finish(run, done)
      say(`done ${run.delivery.delivery}`)
    }
  }
  await store.close()
} catch (error) {
  if (!(error instanceof WizardError)) throw error
  say(`${error.code} ${error.message} (${error.hint})`)
}
