import { PathError, WizardError } from '../errors.js'
import { oneLine } from '../text.js'
import { codeOf, hasCode } from './read.js'

/** Why a path can't be used, by node's code. */
const reasons: Record<string, string> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of it is a file',
  EISDIR: 'it is a folder',
  EEXIST: 'it already exists',
  ENOTEMPTY: 'it is not empty',
  EACCES: 'permission denied',
  EPERM: 'the system does not allow it',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its symlinks form a loop',
  EBUSY: 'it is in use, or is a mount point',
  ETXTBSY: 'a running program uses it',
  EXDEV: 'a part of it is on another file system',
  EMLINK: 'it has too many links',
  EINVAL: 'the file system does not accept it',
  EILSEQ: 'the file system does not accept its name',
  ENXIO: 'nothing answers there',
  ENODEV: 'nothing answers there',
  ESTALE: 'the network file system has lost it',
}

/** What a machine has run out of or does wrong, and the remedy, by node's code. */
const failures: Record<string, { message: string; hint: string }> = {
  EMFILE: { message: 'too many files are open', hint: 'raise the limit: ulimit -n 4096' },
  ENFILE: {
    message: 'too many files are open on this machine',
    hint: 'end other programs, or raise fs.file-max',
  },
  ENOMEM: { message: 'memory has run out', hint: 'end other programs, and run the command again' },
  EAGAIN: {
    message: 'this machine allows no more processes',
    hint: 'raise the limit: ulimit -u',
  },
  E2BIG: {
    message: "a program can't be started: its arguments or its environment are too long",
    hint: 'use fewer arguments in one command',
  },
  EIO: {
    message: 'the disk reports an error',
    hint: 'run dmesg; the disk may be failing',
  },
}

/** Why the system refused, in words: `it does not exist`; for other errors their own message. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error)
  if (Object.hasOwn(reasons, code)) return String(reasons[code])
  if (Object.hasOwn(failures, code)) return String(failures[code]?.message)
  if (isFullDisk(error)) return 'no space is left on the disk'
  return isSystemError(error) ? `the system reports ${code}` : messageOf(error)
}

/** Explains why a place can't be written to; returns any other error unchanged. */
export function describePlace(error: unknown, place: string): unknown {
  const code = codeOf(error)
  if (error instanceof WizardError || !Object.hasOwn(reasons, code)) return error
  return new PathError(`${place} can't be written to: ${reasons[code]}`, { cause: error })
}

/** Explains a full disk, quota or file size limit; returns any other error unchanged. */
export function describeFullDisk(error: unknown, place: string): unknown {
  if (!isFullDisk(error)) return error
  return new WizardError(`no space is left on the disk of ${place}`, {
    hint: 'free some space and run the command again; nothing is half-done',
    cause: error,
  })
}

export const isFullDisk = (error: unknown): boolean => hasCode(error, 'ENOSPC', 'EDQUOT', 'EFBIG')

/** Whether nothing can be written there now: a full disk, a read-only one, somebody else's folder. */
export const isUnwritable = (error: unknown): boolean =>
  isFullDisk(error) || hasCode(error, 'EROFS', 'EACCES', 'EPERM')

/**
 * Any error in words for a user: one of node's by its code, and an unexpected one, which is a
 * mistake of wizard's, with the way to report it. A WizardError is returned as it is.
 */
export function explainError(error: unknown): WizardError {
  if (error instanceof WizardError) return error
  const code = codeOf(error)
  const path = pathOf(error)
  const program = programOf(error)
  if (program !== null && code === 'ENOENT') {
    return new WizardError(`${program} can't be started: it is not installed, or not in PATH`, {
      cause: error,
    })
  }
  if (isFullDisk(error)) {
    return new WizardError(`no space is left on the disk${path === null ? '' : ` of ${path}`}`, {
      hint: 'free some space and run the command again',
      cause: error,
    })
  }
  const failure = Object.hasOwn(failures, code) ? failures[code] : undefined
  if (failure !== undefined) {
    const where = path === null ? '' : ` (${path})`
    return new WizardError(`${failure.message}${where}`, { hint: failure.hint, cause: error })
  }
  if (isSystemError(error)) {
    return new PathError(`${program ?? path ?? 'a file'} can't be used: ${reasonOf(error)}`, {
      cause: error,
    })
  }
  return new WizardError(`unexpected error: ${messageOf(error)}`, {
    hint: 'report it with the command: https://github.com/uDOS/wizard/issues',
    cause: error,
  })
}

const isSystemError = (error: unknown) =>
  error instanceof Error && 'syscall' in error && /^E[A-Z0-9]+$/.test(codeOf(error))

/** What was being made or changed: for a symlink or a renamed file its new name. */
function pathOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  const { path, dest } = error as NodeJS.ErrnoException & { dest?: unknown }
  const found = dest ?? path
  return typeof found === 'string' ? found : null
}

/** `git` of the system call `spawn git`; null if the error is about a file. */
function programOf(error: unknown): string | null {
  const { syscall } = error instanceof Error ? (error as NodeJS.ErrnoException) : {}
  return /^spawn (.+)/.exec(syscall ?? '')?.[1] ?? null
}

const messageOf = (error: unknown) =>
  oneLine(error instanceof Error ? error.message : String(error)) || 'no reason given'
