import { isAbsolute } from 'node:path'
import { NotFoundError } from '../../base/errors.js'
import { parseRemote } from '../../base/names/remote.js'
import { fullNameOf, isSameName, parseRepo } from '../../base/names/repository.js'
import { nearest } from '../../base/text.js'
import type { Component } from '../../config/files/components.js'
import type { RepoEntry, SourceEntry } from '../../config/files/repos.js'
import { type SyncTarget, wantedFrom } from './sync-target.js'

/** What the targets of a command line mean. */
export interface Selection {
  /** Of none, or `ALL`, everything is chosen. */
  chosen: Target[]
  isAll: boolean
  /** `!NAME` */
  excluded: Target[]
}

interface Target {
  /** As it was typed, without `!`. */
  text: string
  isGlob: boolean
  matches(wanted: SyncTarget): boolean
  matchesGroup(group: string | null): boolean
}

/**
 * Reads targets: `owner/repo` or its address, a repository's, group's or component's name, a glob of
 * these, or the absolute path of a destination; `!` before one takes it out. Case does not count.
 */
export async function readSelection(
  targets: string[],
  components: Record<string, Component>,
): Promise<Selection> {
  const chosen = targets.filter((text) => !isExcluded(text))
  const excluded = targets.filter(isExcluded).map((text) => text.slice(1))
  const read = async (text: string): Promise<Target> =>
    isGlob(text) ? globTarget(text, components) : namedTarget(text, components)
  return {
    chosen: await Promise.all(chosen.map(read)),
    isAll: namesAll(targets),
    excluded: await Promise.all(excluded.map(read)),
  }
}

/** A `!` alone is no exclusion: it is what an unset variable of a shell leaves. */
export const isExcluded = (text: string): boolean => text.startsWith('!') && text.length > 1

/** Whether targets name nothing to choose, or ALL. */
export function namesAll(targets: string[]): boolean {
  const chosen = targets.filter((text) => !isExcluded(text))
  return chosen.length === 0 || chosen.some((text) => isSameName(text, 'all'))
}

/** No name has such a character, and no address of a repository. */
const isGlob = (text: string) => /[*?[\]{}]/.test(text)

function namedTarget(text: string, components: Record<string, Component>): Target {
  const component = Object.values(components).find(({ name }) => isSameName(name, text))
  const address = /[:@]|^\w+\//.test(text) ? parseRemote(text) : null
  const names = [component, address].flatMap((one) => (one == null ? [] : [fullNameOf(one)]))
  const matchesGroup = (group: string | null) => group !== null && isSameName(group, text)
  return {
    text,
    isGlob: false,
    matchesGroup,
    matches: (wanted) =>
      wanted.path === text ||
      isSameName(wanted.repo, text) ||
      matchesGroup(wanted.group) ||
      [text, ...names].some((name) => isSameName(name, fullNameOf(wanted))),
  }
}

async function globTarget(text: string, components: Record<string, Component>): Promise<Target> {
  // Loaded late, because few commands use a glob.
  const { default: picomatch } = await import('picomatch')
  const isMatch = picomatch(text, { nocase: true, dot: true, nonegate: true })
  const meant = Object.values(components).filter(({ name }) => isMatch(name))
  const names = new Set(meant.map((component) => fullNameOf(component).toLowerCase()))
  const matchesGroup = (group: string | null) => group !== null && isMatch(group)
  return {
    text,
    isGlob: true,
    matchesGroup,
    matches: (wanted) =>
      wanted.path === text ||
      isMatch(wanted.repo) ||
      isMatch(fullNameOf(wanted)) ||
      matchesGroup(wanted.group) ||
      names.has(fullNameOf(wanted).toLowerCase()),
  }
}

export interface SelectOptions {
  /**
   * false after a failed listing: it may contain the target, so its failure is the error to report.
   */
  strict: boolean
}

/** @throws NotFoundError, with the nearest names, for a target that matches nothing */
export function selectWanted(
  all: SyncTarget[],
  { chosen, isAll, excluded }: Selection,
  { strict }: SelectOptions,
): SyncTarget[] {
  const unmatched = [...(isAll ? [] : chosen), ...excluded].find(
    ({ matches }) => !all.some(matches),
  )
  if (unmatched !== undefined && strict) throw nothingNamed(unmatched, all)
  return all.filter(
    (wanted) =>
      (isAll || chosen.some(({ matches }) => matches(wanted))) &&
      !excluded.some(({ matches }) => matches(wanted)),
  )
}

/**
 * Drops `from:` entries that no target can mean, so that their listings cost no request and cause
 * no failure: an explicit entry wins over a listed repository of the same name.
 */
export function entriesFor(entries: RepoEntry[], { chosen, isAll }: Selection): RepoEntry[] {
  if (isAll) return entries
  const explicit = entries.filter((entry) => entry.kind === 'repository').map(wantedFrom)
  const mayMean = (entry: SourceEntry, target: Target) => {
    if (target.isGlob) return true
    const isGroup = entries.some(({ group }) => target.matchesGroup(group))
    if (isGroup) return target.matchesGroup(entry.group)
    if (explicit.some(target.matches)) return false
    const owner = ownerOf(target.text)
    return owner === null || isSameName(entry.from, owner)
  }
  return entries.filter(
    (entry) => entry.kind === 'repository' || chosen.some((target) => mayMean(entry, target)),
  )
}

/** The account in `owner/repo` or an address; null if the target has none. */
function ownerOf(target: string): string | null {
  return (parseRepo(target) ?? parseRemote(target))?.owner ?? null
}

/** The most names that a hint lists. */
const mostShown = 12

function nothingNamed({ text, isGlob }: Target, all: SyncTarget[]): NotFoundError {
  if (isAbsolute(text)) {
    return new NotFoundError(`no repository of repos.yaml is in ${text}`, {
      hint: [
        { verb: ['REPO', 'LIST'], flags: { local: true } },
        ' shows where each is; ',
        { verb: ['REPO', 'ADD'], target: text },
        ' adds a clone',
      ],
    })
  }
  const groups = [...new Set(all.map(({ group }) => group))].filter((name) => name !== null)
  const names = [...groups, ...all.map(fullNameOf)]
  const short = new Set([...groups, ...all.map(({ repo }) => repo)])
  const near = nearest(text, [...short, ...all.map(fullNameOf)])
  const shown = names.slice(0, mostShown).join(', ')
  const what = isGlob ? 'no repository or group matches' : 'repos.yaml has no repository or group'
  return new NotFoundError(`${what} ${text}`, {
    hint:
      names.length === 0
        ? ['it lists no repositories; see ', { verb: ['REPO', 'ADD'] }]
        : near.length > 0
          ? `did you mean ${near.join(' or ')}?`
          : `known: ${shown}${names.length > mostShown ? ' …' : ''}`,
  })
}
