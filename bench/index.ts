import { loadavg } from 'node:os'
import { artifacts, largeArtifacts } from './artifacts.js'
import { clone, cloneMemory } from './clone.js'
import { due } from './due.js'
import { fastForward } from './fast-forward.js'
import { describeMachine } from './machine.js'
import { many } from './many.js'
import type { Row } from './measure.js'
import { notes } from './notes.js'
import { plugins } from './plugins.js'
import { releases } from './releases.js'
import { serveCalls, serverWord } from './server.js'
import { startUp } from './start-up.js'
import { status } from './status.js'
import { transfer } from './transfer.js'
import { unchanged } from './unchanged.js'
import { watch, watchRequests } from './watch.js'

/** Figures hold within one run on one machine only: each stands beside a peer's that took turns with it. */
const benches: Record<string, () => Promise<Row[]>> = {
  'start-up': startUp,
  unchanged,
  clone,
  'clone-memory': cloneMemory,
  'fast-forward': fastForward,
  status,
  plugins,
  due,
  transfer,
  artifacts,
  releases,
  notes,
  watch,
  'watch-requests': watchRequests,
  'large-artifacts': largeArtifacts,
  many,
}

/** They take minutes, so they run only where they are named. */
const slow = ['many', 'watch-requests', 'large-artifacts']

async function bench(asked: string[]): Promise<void> {
  const unknown = asked.find((name) => !(name in benches))
  if (unknown !== undefined) {
    console.error(`no bench ${unknown}; there are ${Object.keys(benches).join(', ')}`)
    process.exitCode = 2
    return
  }
  const usual = Object.keys(benches).filter((name) => !slow.includes(name))
  const names = asked.length > 0 ? asked : usual
  console.log((await describeMachine()).join('\n'))
  const rows: Row[] = []
  for (const name of names) {
    console.log(`\n${name} …`)
    const found = (await benches[name]?.()) ?? []
    for (const row of found) console.log(cells(row).join('  '))
    rows.push(...found)
  }
  console.log(`load after: ${loadavg()[0]?.toFixed(1)}\n`)
  console.log(table(rows).join('\n'))
}

const headings = ['case', 'wizard', 'peer', 'ratio', 'at most']

const cells = ({ what, wizard, peer, ratio, most }: Row) => [
  what,
  wizard,
  peer ?? '',
  ratio?.toFixed(2) ?? '',
  String(most ?? ''),
]

/** Markdown, as it stands in docs/performance.md. */
function table(rows: Row[]): string[] {
  const all = [headings, headings.map(() => '---'), ...rows.map(cells)]
  return all.map((row) => `| ${row.join(' | ')} |`)
}

if (process.argv[2] === serverWord) await serveCalls()
else await bench(process.argv.slice(2))
