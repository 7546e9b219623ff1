import { join } from 'node:path'
import { readTextIfThere } from '../../../base/fs/read.js'
import type { Liveness } from '../../../process/owner-mark.js'
import { lockFile } from '../lock-file.js'
import type { Oid } from '../objects/object.js'
import type { RemoteRef } from '../protocol/remote-refs.js'

const fileOf = (gitDir: string) => join(gitDir, 'packed-refs')

/** Reads one ref from `packed-refs`; null if it is not in there. */
export async function readPackedRef(gitDir: string, name: string): Promise<Oid | null> {
  const text = readText(gitDir)
  const at = text.indexOf(` ${name}\n`)
  return at < 40 ? null : text.slice(at - 40, at)
}

/** Reads the refs with a prefix, by name. @see https://git-scm.com/docs/git-pack-refs */
export async function readPackedRefs(gitDir: string, prefix: string): Promise<Map<string, Oid>> {
  const refs = new Map<string, Oid>()
  for (const line of readText(gitDir).split('\n')) {
    if (/^[0-9a-f]{40} /.test(line) && line.startsWith(prefix, 41)) {
      refs.set(line.slice(41), line.slice(0, 40))
    }
  }
  return refs
}

/** The first ref with a prefix; null if there is none. */
export async function findPackedRef(gitDir: string, prefix: string): Promise<string | null> {
  const text = readText(gitDir)
  const at = text.indexOf(` ${prefix}`)
  return at < 40 ? null : text.slice(at + 1, text.indexOf('\n', at))
}

/** Formats all refs of a new repository as one file, sorted and peeled as git writes it. */
export function formatPackedRefs(refs: Iterable<[string, RemoteRef]>): string {
  const lines = ['# pack-refs with: peeled fully-peeled sorted \n']
  for (const [name, { oid, peeled }] of [...refs].sort(byName)) {
    lines.push(`${oid} ${name}\n`)
    if (peeled !== undefined) lines.push(`^${peeled}\n`)
  }
  return lines.join('')
}

/** @throws ConflictError if another process holds the file's lock */
export async function removePackedRef(
  gitDir: string,
  name: string,
  liveness?: Liveness,
): Promise<void> {
  const lock = await lockFile(fileOf(gitDir), liveness)
  try {
    const text = readText(gitDir)
    const at = text.indexOf(` ${name}\n`)
    if (at < 40) return
    const after = text.indexOf('\n', at) + 1
    const peeled = text[after] === '^' ? text.indexOf('\n', after) + 1 : after
    await lock.commit(text.slice(0, at - 40) + text.slice(peeled))
  } finally {
    await lock.release()
  }
}

const byName = ([one]: [string, RemoteRef], [other]: [string, RemoteRef]) =>
  Buffer.compare(Buffer.from(one), Buffer.from(other))

const readText = (gitDir: string): string => readTextIfThere(fileOf(gitDir)) ?? ''
