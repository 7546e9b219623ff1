import { transfer } from './transfer.js'

/** Each gives lines to read; figures hold within one run on one machine only. */
const benches = { transfer }

for (const [name, bench] of Object.entries(benches)) {
  console.log(`${name}\n${(await bench()).map((line) => `  ${line}`).join('\n')}`)
}
