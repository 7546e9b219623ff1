import {
  chmodSync,
  lstatSync,
  mkdirSync,
  rmSync,
  type Stats,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { git } from './real-git.js'
import { type Random, randomPath } from './trees.js'

/** The path on disk of a path in latin1. */
export const at = (dir: string, path: string) => Buffer.from(`${dir}/${path}`, 'latin1')

/** A user's edit of one path, tracked or not. */
export function touch(random: Random, dir: string, paths: string[]): void {
  const path = random.pick(3) === 0 ? randomPath(random) : random.choose(paths)
  const there = lookAt(dir, path)
  const isFile = there?.isFile() ?? false
  const ways: (() => void)[] = [
    () => remove(dir, path),
    () => write(dir, path, `${random.pick(1e6)}\n`),
    () => write(dir, path, `${random.pick(1e6)}\n`),
    () => link(dir, path, random.choose(['elsewhere', '.', 'a'])),
    () => isFile && chmodSync(at(dir, path), (there?.mode ?? 0) ^ 0o111),
    () => isFile && utimesSync(at(dir, path), 1, 1),
    () => write(dir, `${path}/below`, 'below\n'),
    () => there && gitPath(dir, ['add', '-f'], path),
    () => there && gitPath(dir, ['add', '-f', '-N'], path),
    () => gitPath(dir, ['rm', '--cached', '-rq', '--ignore-unmatch'], path),
  ]
  random.choose(ways)()
}

export function write(dir: string, path: string, content: string): void {
  makeWay(dir, path)
  writeFileSync(at(dir, path), content)
}

export function link(dir: string, path: string, target: string): void {
  makeWay(dir, path)
  symlinkSync(target, at(dir, path))
}

export function remove(dir: string, path: string): void {
  const there = lookAt(dir, path)
  if (there?.isDirectory()) rmSync(at(dir, path), { recursive: true })
  else if (there) unlinkSync(at(dir, path))
}

function makeWay(dir: string, path: string): void {
  for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
    const parent = path.slice(0, end)
    if (lookAt(dir, parent)?.isDirectory()) continue
    remove(dir, parent)
    mkdirSync(at(dir, parent))
  }
  remove(dir, path)
}

function lookAt(dir: string, path: string): Stats | undefined {
  try {
    return lstatSync(at(dir, path), { throwIfNoEntry: false })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined
    throw error
  }
}

/** Arguments are UTF-8 here, but paths need not be. */
function gitPath(dir: string, args: string[], path: string): void {
  git(dir, [...args, '--pathspec-from-file=-', '--pathspec-file-nul'], {
    input: Buffer.from(path, 'latin1'),
    env: { GIT_LITERAL_PATHSPECS: '1' },
  })
}
