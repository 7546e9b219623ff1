import type { BigIntStats } from 'node:fs'
import type { BytePath } from '../byte-path.js'
import type { Oid } from '../objects/object.js'

/** What lstat(2) said of a file when its content was known to be the entry's: 32 bits each, as git keeps them. */
export interface StatData {
  ctimeSeconds: number
  ctimeNanoseconds: number
  mtimeSeconds: number
  mtimeNanoseconds: number
  dev: number
  ino: number
  uid: number
  gid: number
  /** Bytes. 0 for a file that is not empty: its content must be looked at (git: "smudged"). */
  size: number
}

export interface IndexEntry extends StatData {
  path: BytePath
  mode: number
  oid: Oid
  /** 0; in a conflict 1 the common ancestor's, 2 ours, 3 theirs. */
  stage: number
  assumeValid: boolean
  skipWorktree: boolean
  intentToAdd: boolean
}

export const noStat: StatData = {
  ctimeSeconds: 0,
  ctimeNanoseconds: 0,
  mtimeSeconds: 0,
  mtimeNanoseconds: 0,
  dev: 0,
  ino: 0,
  uid: 0,
  gid: 0,
  size: 0,
}

const billion = 1_000_000_000n

const low32 = (number: bigint) => Number(BigInt.asUintN(32, number))

export const statDataOf = (stats: BigIntStats): StatData => ({
  ctimeSeconds: low32(stats.ctimeNs / billion),
  ctimeNanoseconds: low32(stats.ctimeNs % billion),
  mtimeSeconds: low32(stats.mtimeNs / billion),
  mtimeNanoseconds: low32(stats.mtimeNs % billion),
  dev: low32(stats.dev),
  ino: low32(stats.ino),
  uid: low32(stats.uid),
  gid: low32(stats.gid),
  size: low32(stats.size),
})

export interface NewEntry {
  path: BytePath
  mode: number
  oid: Oid
  stat: StatData
}

/** An entry as git makes it for a file it has just written. */
export const createEntry = ({ path, mode, oid, stat }: NewEntry): IndexEntry => ({
  path,
  mode,
  oid,
  stage: 0,
  assumeValid: false,
  skipWorktree: false,
  intentToAdd: false,
  ...stat,
})

/** The order of the index: by bytes, then by stage. */
export const compareEntries = (a: IndexEntry, b: IndexEntry): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : a.stage - b.stage
