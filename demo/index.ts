// `npm run demo`: wizard syncs a folder with a GitHub that runs only on this machine. `--wizard`
// and `--node` name another executable and another node, by absolute paths. Every act runs the real
// executable; the table at the end comes from outside, from git and the server's log.
import { constants } from 'node:os'
import { parseArgs } from 'node:util'
import { acts } from './acts.js'
import type { Fact } from './facts.js'
import { Stage } from './stage.js'
import { closingTable, heading, type SeenAct } from './telling.js'

const options = { node: { type: 'string' }, wizard: { type: 'string' } } as const
const begun = performance.now()
let stage: Stage | undefined
let interrupted: 'SIGINT' | 'SIGTERM' | undefined
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    interrupted = signal
    stage?.interrupt()
  })
}
stage = await Stage.open(parseArgs({ options }).values)
try {
  const seen = await playAll(stage)
  if (interrupted) {
    process.exitCode = 128 + constants.signals[interrupted]
  } else {
    console.log(closingTable(seen))
    console.log(`${((performance.now() - begun) / 1000).toFixed(1)} s`)
    process.exitCode = seen.every(({ facts }) => facts.every(({ holds }) => holds)) ? 0 : 1
  }
} finally {
  await stage.close()
}

async function playAll(stage: Stage): Promise<SeenAct[]> {
  const seen: SeenAct[] = []
  for (const [index, act] of acts.entries()) {
    if (interrupted) break
    console.log(heading(index + 1, act.title))
    const facts = await act.play(stage).catch(brokenOff)
    seen.push({ title: act.title, facts })
  }
  return seen
}

/** A check that failed to run is a fact too, and the next act starts. */
function brokenOff(error: unknown): Fact[] {
  return [
    {
      what: 'broke off',
      seen: error instanceof Error ? error.message : String(error),
      holds: false,
    },
  ]
}
