import { git } from './real-git.js'

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface HistoryOptions {
  seed?: number
  commits?: number
  files?: number
  /** Lines of each file; each commit changes a few, so that packs contain deltas. */
  lines?: number
  branch?: string
  /** The time of the first commit, in seconds since 1970; each later one is a minute newer. */
  start?: number
}

/**
 * A repository's history as `git fast-import` reads it: text files in folders that change a few lines at a time,
 * a binary file, a symlink, an executable, an empty file, and a name that is not UTF-8.
 */
export function historyStream({
  seed = 1,
  commits = 20,
  files = 30,
  lines = 60,
  branch = 'main',
  start = 1_700_000_000,
}: HistoryOptions = {}): Buffer {
  const random = randomNumbers(seed)
  const pick = (bound: number) => Math.floor(random() * bound)
  const line = () => `${pick(1e9).toString(36)} ${pick(1e9).toString(36)}\n`
  const contents = Array.from({ length: files }, () => Array.from({ length: lines }, line))
  const path = (file: number) => `folder-${file % 7}/deep-${file % 3}/file-${file}.txt`
  const parts: Buffer[] = []
  const put = (text: string) => parts.push(Buffer.from(text, 'latin1'))
  const data = (bytes: Buffer) => {
    put(`data ${bytes.length}\n`)
    parts.push(bytes)
    put('\n')
  }
  const write = (mode: string, name: string, bytes: Buffer) => {
    put(`M ${mode} inline ${name}\n`)
    data(bytes)
  }
  for (let commit = 0; commit < commits; commit++) {
    put(`commit refs/heads/${branch}\ncommitter C <c@example.com> ${start + commit * 60} +0000\n`)
    data(Buffer.from(`Commit ${commit} of seed ${seed}`))
    const changed = commit === 0 ? files : Math.max(1, pick(5))
    for (let count = 0; count < changed; count++) {
      const file = commit === 0 ? count : pick(files)
      const text = contents[file] ?? []
      text[pick(lines)] = line()
      write('100644', path(file), Buffer.from(text.join('')))
    }
    if (commit > 0) continue
    write('100644', 'binary', Buffer.from(Array.from({ length: 20_000 }, () => pick(256))))
    write('120000', 'link', Buffer.from('folder-0/deep-0/file-0.txt'))
    write('100755', 'run.sh', Buffer.from('#!/bin/sh\n'))
    write('100644', 'empty', Buffer.alloc(0))
    write('100644', '"caf\\351"', Buffer.from('latin1 name'))
    write('100644', 'grüße', Buffer.from('utf-8 name'))
  }
  return Buffer.concat(parts)
}

/** Adds such a history to a repository, packed as `git repack` does (deltas, by offset). */
export function addHistory(dir: string, options: HistoryOptions = {}): void {
  git(dir, ['fast-import', '--quiet', '--force'], { input: historyStream(options) })
}
