import { WizardError } from '../../../base/errors.js'
import type { Oid } from '../../types.js'

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
