import { chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { livenessFor } from '../process/identity.js'
import { openSibling, removeLeftovers, type Sibling } from '../process/temp-beside.js'
import type { ReleaseSession } from './session.js'

/**
 * A new folder that nobody else can read, for files that end with the call. Those of killed runs in
 * the same place are removed first.
 *
 * @param parent default: the system's folder for temporary files
 */
export async function openWorkFolder(
  { self }: Pick<ReleaseSession, 'self'>,
  parent = tmpdir(),
): Promise<Pick<Sibling, 'dir' | 'discard'>> {
  const liveness = livenessFor(self)
  await removeLeftovers(parent, 'release', liveness)
  const folder = await openSibling(join(parent, 'work'), 'release', liveness)
  await chmod(folder.dir, 0o700)
  return folder
}
