import { loadavg } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { artifacts, largeArtifacts } from './artifacts.js'
import { clone, cloneMemory } from './clone.js'
import { completion } from './completion.js'
import { due } from './due.js'
import { engines, engineWord, runTask } from './engines.js'
import { fastForward } from './fast-forward.js'
import { largePack } from './large-pack.js'
import { largeContent, lfs } from './lfs.js'
import { describeMachine } from './machine.js'
import { many } from './many.js'
import { manyCommands } from './many-commands.js'
import type { Row } from './measure.js'
import { notes } from './notes.js'
import { plugins } from './plugins.js'
import { releases } from './releases.js'
import { anyRepository } from './repository.js'
import { serveCalls, serverWord } from './server.js'
import { startUp } from './start-up.js'
import { status } from './status.js'
import { transfer } from './transfer.js'
import { unchanged } from './unchanged.js'
import { watch, watchRequests } from './watch.js'
import { webhooks } from './webhooks.js'
import { why } from './why.js'

/**
 * Figures can be compared only within one run on one machine, so each has a peer that took turns
 * with it.
 */
const benches: Record<string, () => Promise<Row[]>> = {
  'start-up': startUp,
  completion,
  'many-commands': manyCommands,
  unchanged,
  clone,
  'clone-memory': cloneMemory,
  lfs,
  'large-content': largeContent,
  'fast-forward': fastForward,
  status,
  plugins,
  due,
  transfer,
  artifacts,
  releases,
  notes,
  why,
  watch,
  'watch-requests': watchRequests,
  'large-artifacts': largeArtifacts,
  'large-pack': largePack,
  engines,
  many,
  webhooks,
}

/** They take minutes, so they run only if they are named. */
const slow = [
  'engines',
  'many',
  'watch-requests',
  'large-artifacts',
  'large-content',
  'large-pack',
  'webhooks',
]

async function bench(argv: string[]): Promise<void> {
  const options = { repo: { type: 'string', multiple: true } } as const
  const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true })
  const unknown = positionals.find((name) => !(name in benches))
  if (unknown !== undefined) {
    console.error(`no bench ${unknown}; there are ${Object.keys(benches).join(', ')}`)
    process.exitCode = 2
    return
  }
  console.log((await describeMachine()).join('\n'))
  const rows: Row[] = []
  for (const [name, measure] of chosen(positionals, values.repo ?? [])) {
    console.log(`\n${name} …`)
    const found = await measure()
    for (const row of found) console.log(cells(row).join('  '))
    rows.push(...found)
  }
  console.log(`load after: ${loadavg()[0]?.toFixed(1)}\n`)
  console.log(table(rows).join('\n'))
}

/** The named benches, or the one for the named repositories; otherwise the usual ones. */
function chosen(names: string[], repositories: string[]): [string, () => Promise<Row[]>][] {
  const given = repositories.map((path) => resolve(path))
  const asked = Object.entries(benches).filter(([name]) =>
    names.length + given.length > 0 ? names.includes(name) : !slow.includes(name),
  )
  return [...asked, ...given.map((path) => [path, () => anyRepository(path)] as const)].map(
    ([name, measure]) => [name, measure],
  )
}

const headings = ['case', 'wizard', 'with isomorphic-git', 'peer', 'ratio', 'at most']

const cells = ({ what, wizard, isomorphic, peer, ratio, most }: Row) => [
  what,
  wizard,
  isomorphic ?? '',
  peer ?? '',
  ratio?.toFixed(2) ?? '',
  String(most ?? ''),
]

/** Markdown, as in docs/performance.md. */
function table(rows: Row[]): string[] {
  const all = [headings, headings.map(() => '---'), ...rows.map(cells)]
  return all.map((row) => `| ${row.join(' | ')} |`)
}

if (process.argv[2] === serverWord) await serveCalls()
else if (process.argv[2] === engineWord) await runTask(process.argv.slice(3))
else await bench(process.argv.slice(2))
