import fs from 'node:fs'
import { copyFile, mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readCommit } from '../src/git/plumbing/objects/parse.js'
import { openObjectStore } from '../src/git/plumbing/objects/store.js'
import { indexPack } from '../src/git/plumbing/pack/indexer.js'
import { PackFile } from '../src/git/plumbing/pack/pack-file.js'
import { commitsBetween, isAncestor } from '../src/git/porcelain/history/history.js'
import { isClean } from '../src/git/worktree/status.js'
import { type Command, compare, inSeconds, peakMemory, type Row, run } from './measure.js'
import { type Place, withPlace } from './place.js'

/**
 * The word that makes `bench/index.ts` run one task of one engine: `engine NAME TASK FOLDER
 * [OID…]`.
 */
export const engineWord = 'engine'

const commits = 12_000
const files = 2_000
const listed = 2_000

/** Compares wizard's own git with isomorphic-git and git, task by task, each in its own process. */
export const engines = (): Promise<Row[]> =>
  withPlace(async (place) => {
    const history = await makeHistory(place)
    const rows: Row[] = []
    for (const [task, { what, git }] of Object.entries(tasks)) {
      rows.push(...(await measure(place, task, what, git(history), history)))
    }
    return rows
  })

interface History {
  folder: string
  head: string
  /** The commit before the last `listed` commits. */
  base: string
  root: string
  pack: string
}

/** Each task, and git's command for it. */
const tasks: Record<string, { what: string; git(history: History): string[] }> = {
  read: { what: 'first commit read', git: ({ head }) => ['cat-file', 'commit', head] },
  log: {
    what: `log of ${listed.toLocaleString('en')} commits`,
    git: ({ base, head }) => ['log', '--format=%H %an %s', `${base}..${head}`],
  },
  ancestor: {
    what: `ancestor ${commits.toLocaleString('en')} commits back`,
    git: ({ root, head }) => ['merge-base', '--is-ancestor', root, head],
  },
  status: {
    what: `status of ${files.toLocaleString('en')} files`,
    git: () => ['status', '--porcelain'],
  },
  index: {
    what: 'pack indexed',
    git: ({ pack }) => ['index-pack', '-o', `${pack}.idx`, pack],
  },
}

async function measure(place: Place, task: string, what: string, git: string[], history: History) {
  const { folder, head, base, root, pack } = history
  const engine = (name: string): Command => ({
    argv: [
      process.execPath,
      process.argv[1] ?? '',
      engineWord,
      name,
      task,
      folder,
      head,
      base,
      root,
      pack,
    ],
  })
  const contenders = {
    wizard: () => engine('wizard'),
    'isomorphic-git': () => engine('isomorphic-git'),
    git: () => place.git('-C', folder, ...git),
  }
  const times = await compare(task === 'index' ? 1 : 3, contenders)
  const memory = async (name: keyof typeof contenders) =>
    `${await peakMemory(contenders[name]())} MB`
  const wizard = `${inSeconds(times.wizard)}, ${await memory('wizard')}`
  return Promise.all(
    (['isomorphic-git', 'git'] as const).map(async (peer) => ({
      what,
      wizard,
      peer: `${inSeconds(times[peer])}, ${await memory(peer)} ${peer}`,
      ratio: times.wizard / times[peer],
    })),
  )
}

/** Some 70,000 objects in one pack, and its work tree. */
async function makeHistory(place: Place): Promise<History> {
  const folder = place.path('history')
  await mkdir(folder)
  const git = async (...args: string[]) => (await run(place.git('-C', folder, ...args))).trim()
  await git('init', '--quiet', '--initial-branch', 'main')
  await run({ ...place.git('-C', folder, 'fast-import', '--quiet'), input: stream() })
  await git('reset', '--quiet', '--hard', 'main')
  await git('repack', '-adq')
  await place.settle([folder])
  const packs = join(folder, '.git/objects/pack')
  const name = (await readdir(packs)).find((one) => one.endsWith('.pack')) ?? ''
  // A copy beside the repository, because isomorphic-git writes its index next to the pack.
  await copyFile(join(packs, name), join(folder, '.git', 'copy.pack'))
  return {
    folder,
    head: await git('rev-parse', 'main'),
    base: await git('rev-parse', `main~${listed}`),
    root: await git('rev-list', '--max-parents=0', 'main'),
    pack: join(folder, '.git', 'copy.pack'),
  }
}

/** For git-fast-import(1). */
function stream(): string {
  const parts: string[] = []
  for (let number = 0; number < commits; number++) {
    const message = `Change number ${number}\n`
    const path = `part-${number % 20}/section-${number % 100}/file-${number % files}.txt`
    const content = `${`${number} of file ${path}\n`.repeat(20)}${noise(number)}\n`
    parts.push(
      `commit refs/heads/main\ncommitter A <a@example.com> ${1_600_000_000 + number * 60} +0000\n`,
      `data ${message.length}\n${message}M 100644 inline ${path}\ndata ${content.length}\n${content}\n`,
    )
  }
  return parts.join('')
}

/** Text that hardly compresses; the same for the same number. */
function noise(seed: number): string {
  let state = seed + 1
  return Array.from({ length: 1000 }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 1
    return (state >>> 0).toString(36)
  }).join('')
}

type Task = (
  folder: string,
  head: string,
  base: string,
  root: string,
  pack: string,
) => Promise<unknown>

const own: Record<string, Task> = {
  read: (folder, head) => withStore(folder, (store) => readCommit(store, head)),
  log: (folder, head, base) =>
    withStore(folder, (store) =>
      commitsBetween({ store, commonDir: join(folder, '.git') }, base, head),
    ),
  ancestor: (folder, head, _base, root) =>
    withStore(folder, (store) => isAncestor(store, root, head)),
  status: (folder) =>
    withStore(folder, (store) => isClean({ dir: folder, gitDir: join(folder, '.git'), store })),
  async index(_folder, _head, _base, _root, pack) {
    const { size } = await stat(pack)
    const count = fs.readFileSync(pack).readUInt32BE(8)
    const file = new PackFile(pack, pack)
    await indexPack({ file, count, end: size - 20, shallow: new Set() })
    file.close()
  },
}

async function withStore<T>(
  folder: string,
  work: (store: Awaited<ReturnType<typeof openObjectStore>>) => Promise<T>,
): Promise<T> {
  const store = await openObjectStore(join(folder, '.git'))
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

const isomorphic = async (): Promise<Record<string, Task>> => {
  const git = (await import('isomorphic-git')).default
  const cache = {}
  return {
    read: (dir, oid) => git.readCommit({ fs, dir, oid, cache }),
    log: (dir, ref) => git.log({ fs, dir, ref, depth: listed, cache }),
    ancestor: (dir, oid, _base, ancestor) =>
      git.isDescendent({ fs, dir, oid, ancestor, depth: -1, cache }),
    status: (dir) => git.statusMatrix({ fs, dir, cache }),
    async index(dir, _head, _base, _root, pack) {
      await git.indexPack({ fs, dir, filepath: pack.slice(dir.length + 1), cache })
      await rm(pack.replace(/pack$/, 'idx'))
    },
  }
}

/** One task of one engine, in this process. */
export async function runTask([
  name = '',
  task = '',
  folder = '',
  ...oids
]: string[]): Promise<void> {
  const engine = name === 'wizard' ? own : await isomorphic()
  const [head = '', base = '', root = '', pack = ''] = oids
  await engine[task]?.(folder, head, base, root, pack)
}
