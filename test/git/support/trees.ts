import { randomNumbers } from './histories.js'
import { git } from './real-git.js'

/** A path of a random tree; content is the target of a symlink, or a submodule's commit. */
export interface RandomLeaf {
  mode: '100644' | '100755' | '120000' | '160000'
  content: string
}

/** By path, in latin1. */
export type RandomTree = Map<string, RandomLeaf>

export interface Random {
  next(): number
  pick(bound: number): number
  choose<T>(items: readonly T[]): T
}

export function randomSource(seed: number): Random {
  const next = randomNumbers(seed)
  const pick = (bound: number) => Math.floor(next() * bound)
  return {
    next,
    pick,
    choose(items) {
      const item = items[pick(items.length)]
      if (item === undefined) throw new Error('nothing to choose from')
      return item
    },
  }
}

const names = [
  ...['a', 'b', 'c', 'd', 'e.txt', 'f.o', 'g', 'README', 'a.b', 'a-b', 'a0'],
  ...['with space', ' lead', 'trail ', 'tab\there', 'new\nline', 'quote"d', "it's", 'back\\slash'],
  ...[
    'caf\xe9',
    'gr\xc3\xbc\xc3\x9fe',
    '\xe6\x97\xa5\xe6\x9c\xac',
    'x'.repeat(100),
    '-dash',
    '#hash',
  ],
]

export function randomPath(random: Random): string {
  const depth = random.choose([1, 1, 2, 2, 3, 4, 6])
  const narrow = names.slice(0, 8)
  return Array.from({ length: depth }, (_, at) =>
    random.choose(at < depth - 1 ? narrow : names),
  ).join('/')
}

export function randomLeaf(random: Random): RandomLeaf {
  const kind = random.pick(20)
  const words = () => `${random.pick(1e9).toString(36)}\n`.repeat(random.pick(30))
  if (kind === 0)
    return { mode: '160000', content: random.pick(1e9).toString(16).padStart(40, '1') }
  if (kind < 3) return { mode: '120000', content: random.choose(names) + random.pick(100) }
  if (kind < 6) return { mode: '100755', content: `#!/bin/sh\n${words()}` }
  if (kind === 6) return { mode: '100644', content: '' }
  return { mode: '100644', content: words() }
}

/** Adds a leaf, and replaces the file above it or the files below it. */
export function put(tree: RandomTree, path: string, leaf: RandomLeaf): void {
  for (const other of [...tree.keys()]) {
    if (path.startsWith(`${other}/`) || other.startsWith(`${path}/`)) tree.delete(other)
  }
  tree.set(path, leaf)
}

/** Every way in which a path can change. */
export function mutate(random: Random, tree: RandomTree, count: number): void {
  for (let left = count; left > 0; left--) {
    const paths = [...tree.keys()]
    const way = random.pick(8)
    if (paths.length === 0 || way < 2) {
      put(tree, randomPath(random), randomLeaf(random))
      continue
    }
    const path = random.choose(paths)
    const leaf = tree.get(path) ?? randomLeaf(random)
    if (way === 2) tree.delete(path)
    else if (way === 3) put(tree, path, randomLeaf(random))
    else if (way === 4) put(tree, `${path}/${random.choose(names)}`, leaf)
    else if (way === 5 && path.includes('/')) put(tree, path.slice(0, path.lastIndexOf('/')), leaf)
    else if (way === 6) {
      tree.delete(path)
      put(tree, randomPath(random), leaf)
    } else if (leaf.mode === '100644') put(tree, path, { ...leaf, mode: '100755' })
    else put(tree, path, randomLeaf(random))
  }
}

export interface RandomHistory {
  seed: number
  commits: number
  /** How many paths each commit changes; the first one makes ten times as many. */
  changes: number
}

/** Commits on `main`, each derived from the previous tree. @returns their ids, oldest first */
export function addRandomHistory(dir: string, { seed, commits, changes }: RandomHistory): string[] {
  const random = randomSource(seed)
  const tree: RandomTree = new Map()
  const parts: Buffer[] = []
  for (let at = 0; at < commits; at++) {
    mutate(random, tree, at === 0 ? changes * 10 : changes)
    parts.push(commitStream(tree, at))
  }
  git(dir, ['fast-import', '--quiet', '--force'], { input: Buffer.concat(parts) })
  return git(dir, ['rev-list', '--reverse', 'main']).split('\n')
}

/** A commit with exactly this tree. */
export function addCommit(dir: string, tree: RandomTree, number: number): string {
  const input = commitStream(tree, number, { parents: ['refs/heads/main^0'] })
  git(dir, ['fast-import', '--quiet', '--force'], { input })
  return git(dir, ['rev-parse', 'main'])
}

/**
 * The format of `git fast-import` for a commit; the default parent is the branch's last commit in
 * the stream.
 */
export function commitStream(
  tree: RandomTree,
  number: number,
  { branch = 'main', mark = '', parents = [] as string[] } = {},
): Buffer {
  const lines = [
    `commit refs/heads/${branch}\n`,
    mark === '' ? '' : `mark ${mark}\n`,
    `committer C <c@example.com> ${1_700_000_000 + number * 60} +0000\ndata 0\n`,
    ...parents.map((parent, at) => `${at === 0 ? 'from' : 'merge'} ${parent}\n`),
    'deleteall\n',
  ]
  for (const [path, { mode, content }] of tree) {
    if (mode === '160000') lines.push(`M ${mode} ${content} ${quote(path)}\n`)
    else lines.push(`M ${mode} inline ${quote(path)}\ndata ${content.length}\n${content}\n`)
  }
  return Buffer.from(lines.join(''), 'latin1')
}

const quote = (path: string) =>
  `"${path.replace(/[^ !#-[\]-~]/g, (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`)}"`
