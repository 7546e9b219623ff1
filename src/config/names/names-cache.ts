import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { crypto } from '../../base/builtin.js'
import type { PlainValue } from './picture.js'

/** The names of files as they were read last, kept from one Tab to the next. */
export interface NamesCache {
  /** undefined if the file has changed, or its names are not kept. */
  get(path: string, version: string): PlainValue | undefined
  set(path: string, version: string, names: PlainValue): void
}

/** Another content of a file is another version, without reading it. @throws the system's error */
export function versionOf(path: string): string {
  const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
  return [dev, ino, size, mtimeNs, ctimeNs].join(':')
}

/** Files in the folder. Two configurations with the same one take turns. */
const slots = 32

/** Workflow files are among them: the first ones go. */
const mostFiles = 64

const mostBytes = 8 * 1024 * 1024

const format = 1

interface Kept {
  format: typeof format
  files: Record<string, { version: string; names: PlainValue }>
}

/**
 * One file of JSON for a configuration. The names in it are as untrusted as those of the
 * configuration. It only saves time, so it never fails: what is damaged, or not this user's alone,
 * is not read, and what can't be written is read anew the next time.
 *
 * @param folder one that only the user can write to; null: nothing is kept
 * @param place where the configuration is
 */
export function openNamesCache(folder: string | null, place: string): NamesCache {
  const path = folder === null ? null : join(folder, `names-${slotOf(place)}.json`)
  const files = new Map(Object.entries(path === null ? {} : readKept(path)))
  return {
    get(of, version) {
      const known = files.get(of)
      return known?.version === version ? known.names : undefined
    },
    set(of, version, names) {
      files.delete(of)
      files.set(of, { version, names })
      if (files.size > mostFiles) files.delete([...files.keys()][0] ?? '')
      if (path !== null) writeKept(path, { format, files: Object.fromEntries(files) })
    },
  }
}

function slotOf(place: string): number {
  let sum = 0
  for (let at = 0; at < place.length; at++) sum = (sum * 31 + place.charCodeAt(at)) >>> 0
  return sum % slots
}

function readKept(path: string): Kept['files'] {
  try {
    const text = readOwn(path)
    const { files, ...kept } = JSON.parse(text ?? '{}') as Partial<Kept>
    const isWhole = Object.values(files ?? {}).every((one) => typeof one?.version === 'string')
    return kept.format === format && isWhole ? (files ?? {}) : {}
  } catch {
    return {}
  }
}

/** The text of a regular file that nobody else can read or write; null of any other. */
function readOwn(path: string): string | null {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
  const fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const stat = fstatSync(fd)
    const isOwn = stat.isFile() && stat.uid === statSync(join(path, '..')).uid
    const isClosed = (stat.mode & 0o077) === 0
    return isOwn && isClosed && stat.size <= mostBytes ? readFileSync(fd, 'utf8') : null
  } finally {
    closeSync(fd)
  }
}

/** By a rename, so that a Tab in another terminal reads a whole file. */
function writeKept(path: string, kept: Kept): void {
  const beside = `${path}.${crypto().randomUUID()}`
  try {
    writeFileSync(beside, JSON.stringify(kept), { flag: 'wx', mode: 0o600 })
    renameSync(beside, path)
  } catch {
    rmSync(beside, { force: true })
  }
}
