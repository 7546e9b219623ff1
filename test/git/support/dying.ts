import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/** Functions of node:fs that change something on disk; `write` and `open` are counted where they do. */
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

/** What happens at a step; `half` writes the first half of what was to be written. */
export type OnStep = (step: number, half: () => void) => void

/**
 * Calls back before each change that node:fs is about to make, numbered from 1.
 *
 * @returns what puts everything back
 */
export function watchChanges(onStep: OnStep): () => void {
  let step = 0
  let inside = false
  const restore: (() => void)[] = []
  const wrap = (module: Module, name: string) => {
    const real = module[name]
    if (real === undefined) throw new Error(`node:fs has no ${name}`)
    module[name] = (...args) => {
      // rmSync is made of others; it is one step, since it forgets the errors of its parts.
      if (inside || reads(name, args)) return real(...args)
      onStep(++step, () => writeHalf(name, args, real))
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
 * Runs as if the process were killed just before its n-th change: nothing more reaches the disk, whatever the code
 * does about the error that it gets instead.
 *
 * @returns how many changes there were, when it was not killed
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

/** Runs with the n-th change failing once, as on a full disk. @returns the error, or null where all went well */
export async function runWithFailure(n: number, run: () => Promise<unknown>): Promise<unknown> {
  const restore = watchChanges((step, half) => {
    if (step !== n) return
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
