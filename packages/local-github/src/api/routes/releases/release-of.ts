import type { Release } from '../../../model/releases.js'
import type { Repository } from '../../../model/repository.js'
import type { Call } from '../../call.js'
import { notFound } from '../../errors.js'

/** The release in the path; only those who may write see drafts. @throws ApiError 404 */
export function releaseOf(call: Call): { repository: Repository; release: Release } {
  const repository = call.repository()
  const id = call.id('release_id')
  const release = repository.releases.find((candidate) => candidate.id === id)
  if (!release || (release.draft && !call.viewer)) throw notFound()
  return { repository, release }
}
