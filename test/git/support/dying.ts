import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/** Functions of node:fs that change something on disk; `write` and `open` count only if they do. */
const changingSync = [
  ...['mkdirSync', 'renameSync', 'rmSync', 'rmdirSync', 'symlinkSync', 'unlinkSync'],
  ...['writeFileSync', 'writeSync', 'openSync', 'appendFileSync', 'linkSync', 'chmodSync'],
]
const changing = [
  ...['appendFile', 'link', 'mkdir', 'open', 'rename', 'rm', 'rmdir', 'symlink', 'unlink'],
  ...['writeFile', 'chmod'],
]

type Call = (...args: unknown[]) => unknown
type Module = Record<string, Call>

/** Removing something takes no room. */
const removing = new Set(['rmSync', 'rmdirSync', 'unlinkSync', 'rm', 'rmdir', 'unlink'])

/** The effect of a step; `half` writes the first half of the data. */
export type OnStep = (step: number, half: () => void, name: string) => void

/**
 * Calls back before each change by node:fs, numbered from 1.
 *
 * @returns a function that restores everything
 */
export function watchChanges(onStep: OnStep): () => void {
  let step = 0
  let inside = false
  const restore: (() => void)[] = []
  const wrap = (module: Module, name: string) => {
    const real = module[name]
    if (real === undefined) throw new Error(`node:fs has no ${name}`)
    module[name] = (...args) => {
      // rmSync calls other functions; it counts as one step, because it ignores their errors.
      if (inside || reads(name, args)) return real(...args)
      onStep(++step, () => writeHalf(name, args, real), name)
      inside = true
      try {
        return real(...args)
      } finally {
        inside = false
      }
    }
    restore.push(() => {
      module[name] = real
    })
  }
  for (const name of changingSync) wrap(fs as unknown as Module, name)
  for (const name of changing) wrap(fs.promises as unknown as Module, name)
  syncBuiltinESMExports()
  return () => {
    for (const back of restore) back()
    syncBuiltinESMExports()
  }
}

function reads(name: string, args: unknown[]): boolean {
  if (!name.startsWith('open')) return false
  const flags = args[1] ?? 'r'
  return typeof flags === 'number' ? (flags & 3) === 0 : flags === 'r'
}

function writeHalf(name: string, args: unknown[], write: Call): void {
  const data = args[1]
  if (name === 'writeSync' && Buffer.isBuffer(data))
    write(args[0], data.subarray(0, data.length / 2))
  if (name === 'writeFileSync' && Buffer.isBuffer(data)) {
    write(args[0], data.subarray(0, data.length / 2), ...args.slice(2))
  }
}

export class Killed extends Error {}

/**
 * Simulates a kill just before the n-th change: nothing more reaches the disk, whatever the code
 * does about its error.
 *
 * @returns the number of changes if it was not killed
 */
export async function runUntilKilled(
  n: number,
  run: () => Promise<unknown>,
): Promise<number | null> {
  let steps = 0
  const restore = watchChanges((step, half) => {
    steps = step
    if (step === n) half()
    if (step >= n) throw new Killed(`killed at step ${n}`)
  })
  try {
    await run()
    return steps
  } catch (error) {
    if (steps < n) throw error
    return null
  } finally {
    restore()
  }
}

/**
 * Lets the n-th change fail once, as on a full disk; one that removes something succeeds.
 *
 * @returns the error, or null if the run succeeded
 */
export async function runWithFailure(n: number, run: () => Promise<unknown>): Promise<unknown> {
  const restore = watchChanges((step, half, name) => {
    if (step !== n || removing.has(name)) return
    half()
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  })
  try {
    await run()
    return null
  } catch (error) {
    return error
  } finally {
    restore()
  }
}
