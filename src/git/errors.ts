import { ConflictError, type ErrorOptions, WizardError } from '../base/errors.js'
import type { Oid } from './plumbing/objects/object.js'

export type BlockReason =
  | 'dirty'
  | 'diverged'
  | 'other-branch'
  | 'wrong-remote'
  | 'not-a-repository'
  | 'unsupported'

/** A pull refuses this repository and leaves it exactly as it is; `reason` says why. */
export class BlockedError extends ConflictError {
  readonly reason: BlockReason
  /** The conflicting paths, if the reason is about paths: at most ten, for the message. */
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

/** An object that something names is missing from the repository. */
export class MissingObjectError extends WizardError {
  readonly oid: Oid

  constructor(oid: Oid, where: string) {
    super(`object ${oid} is missing in ${where}`, {
      hint: 'the repository is shallow or damaged; `git fsck` says more, and a fresh clone repairs it',
    })
    this.oid = oid
  }
}

/** An object, pack or index is corrupt: git would not have written it. */
export class CorruptObjectError extends WizardError {
  constructor(what: string, cause?: unknown) {
    super(what, {
      hint: 'the repository is damaged; `git fsck` says more, and a fresh clone repairs it',
      cause,
    })
  }
}
