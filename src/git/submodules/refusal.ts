import { PathError } from '../../base/errors.js'
import { type BytePath, showPath } from '../plumbing/byte-path.js'

/** What wizard does not do for a submodule, though the commit asks for it. */
export const refusedSubmodule = (path: BytePath, why: string): PathError =>
  new PathError(`submodule ${showPath(path)}: ${why}`, {
    hint: 'nothing was changed; without submodules: true its folder stays empty',
  })
