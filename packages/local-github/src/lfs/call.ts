import type { Addresses } from '../addresses.js'
import type { Granted } from '../git/access.js'
import type { World } from '../model/world.js'
import type { Storage } from '../storage.js'
import { LfsError } from './respond.js'

export interface LfsRequest {
  world: World
  storage: Storage
  request: Request
  addresses: Addresses
  /** `/info/lfs/objects/batch` */
  service: string
}

/** A request for a repository that is there. */
export type LfsCall = LfsRequest & Granted

/** @throws LfsError 401 or 403 unless the asker may push */
export function requirePush({ user, readOnly, repository }: LfsCall): void {
  if (!user) throw new LfsError(401, 'You must have push access to this repository')
  if (readOnly) throw new LfsError(403, 'You must have push access to this repository')
  if (repository.archived) {
    throw new LfsError(403, 'This repository was archived so it is read-only.')
  }
}

/** A request's JSON; null for anything else. */
export async function bodyOf({ request }: LfsCall): Promise<unknown> {
  try {
    return await request.json()
  } catch {
    return null
  }
}
