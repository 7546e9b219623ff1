import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Oid } from '../../plumbing/objects/object.js'
import type { NewTags } from './tags.js'
import { type Target, tagPrefix } from './target.js'

/** What was fetched last, where `git merge FETCH_HEAD` and the like look for it. */
export async function writeFetchHead(
  gitDir: string,
  url: string,
  target: Target,
  followed: NewTags,
): Promise<void> {
  const from = url.replace(/\/+$/, '').replace(/\.git$/, '')
  const lines = [line(target.oid, '', describe(target), from)]
  for (const [name, { oid }] of followed) {
    if (name === target.name) continue
    lines.push(line(oid, 'not-for-merge', `tag '${name.slice(tagPrefix.length)}'`, from))
  }
  await writeFile(join(gitDir, 'FETCH_HEAD'), lines.join(''))
}

const line = (oid: Oid, use: string, what: string, from: string) =>
  `${oid}\t${use}\t${what} of ${from}\n`

const describe = ({ kind, short }: Target) =>
  kind === 'commit' ? `'${short}'` : `${kind} '${short}'`
