import { dirname } from 'node:path'
import { reportError } from '../base/error-report.js'
import { removeDeadClones } from '../git/porcelain/clone/clone.js'
import { livenessFor } from '../process/identity.js'
import type { RepoSession } from './session.js'

/**
 * Removes what killed clones left beside destinations; what belongs to a living process, or to
 * another host, stays. An inaccessible folder stops only its own repositories: it is a warning.
 *
 * @param paths the destinations, absolute
 */
export async function removeOldLeftovers(
  { self, emit }: Pick<RepoSession, 'self' | 'emit'>,
  paths: string[],
): Promise<void> {
  const liveness = livenessFor(self)
  for (const parent of new Set(paths.map((path) => dirname(path)))) {
    try {
      await removeDeadClones(parent, liveness)
    } catch (error) {
      const { message } = reportError(error)
      emit({
        type: 'warning',
        message: `${parent} can't be cleared of interrupted clones: ${message}`,
      })
    }
  }
}
