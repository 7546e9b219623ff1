import { ConflictError, type ErrorOptions, WizardError } from '../base/errors.js'
import type { Oid } from './plumbing/objects/object.js'

export type BlockReason =
  | 'dirty'
  | 'diverged'
  | 'other-branch'
  | 'wrong-remote'
  | 'not-a-repository'
  | 'unsupported'

/** A repository that a pull leaves exactly as it is, and why. */
export class BlockedError extends ConflictError {
  readonly reason: BlockReason
  /** The paths in the way, where it is about paths: at most ten, for the message. */
  readonly paths: string[]

  constructor(
    reason: BlockReason,
    message: string,
    { paths = [], ...options }: ErrorOptions & { paths?: string[] | undefined } = {},
  ) {
    super(message, options)
    this.reason = reason
    this.paths = paths
  }
}

/** An object that something names is not in the repository. */
export class MissingObjectError extends WizardError {
  readonly oid: Oid

  constructor(oid: Oid, where: string) {
    super(`object ${oid} is missing in ${where}`, {
      hint: 'a shallow or damaged repository; `git fsck` tells more, a fresh clone mends it',
    })
    this.oid = oid
  }
}

/** An object, or the pack or index that holds it, is not what git would have written. */
export class CorruptObjectError extends WizardError {
  constructor(what: string, cause?: unknown) {
    super(what, {
      hint: 'the repository is damaged; `git fsck` tells more, a fresh clone mends it',
      cause,
    })
  }
}
