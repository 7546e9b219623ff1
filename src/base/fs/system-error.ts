import { PathError, WizardError } from '../errors.js'
import { codeOf, hasCode } from './read.js'

const reasons: Record<string, string> = {
  ENOTDIR: 'a part of it is a file',
  EACCES: 'it is not allowed',
  EPERM: 'it is not allowed',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its symlinks lead in a circle',
  EBUSY: 'something uses it, or it is a file system of its own',
  EXDEV: 'a part of it is on another file system',
}

/** Explains why a place can't be written to; returns any other error unchanged. */
export function describePlace(error: unknown, place: string): unknown {
  const code = codeOf(error)
  if (error instanceof WizardError || !Object.hasOwn(reasons, code)) return error
  return new PathError(`${place} can't be written to: ${reasons[code]}`, { cause: error })
}

/** Explains a full disk, quota or file size limit; returns any other error unchanged. */
export function describeFullDisk(error: unknown, place: string): unknown {
  if (!hasCode(error, 'ENOSPC', 'EDQUOT', 'EFBIG')) return error
  return new WizardError(`no space is left on the disk of ${place}`, {
    hint: 'make some room and run the command again; nothing was half-done',
    cause: error,
  })
}
