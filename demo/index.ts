// `npm run demo`: wizard keeps a folder in step with a GitHub that runs on this machine alone.
// Every act is the real executable; what is in the table at the end was seen from outside, by git and in the server's log.
import { acts } from './acts.js'
import { Stage } from './stage.js'
import { closingTable, heading } from './telling.js'

const begun = performance.now()
const stage = await Stage.open()
try {
  const seen = []
  for (const [index, act] of acts.entries()) {
    console.log(heading(index + 1, act.title))
    const facts = await act.play(stage)
    seen.push(...facts.map((fact) => ({ act: index + 1, ...fact })))
  }
  console.log(closingTable(seen))
  console.log(`${((performance.now() - begun) / 1000).toFixed(1)} s`)
  process.exitCode = seen.every(({ holds }) => holds) ? 0 : 1
} finally {
  await stage.close()
}
