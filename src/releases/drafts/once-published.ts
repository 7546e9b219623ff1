import { ConflictError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import type { Release } from '../../github/rest/releases.js'
import { nameOfSubject, type ReleaseSubject } from '../info.js'
import { isMarkedPublished } from './mark.js'

/**
 * Whether a draft is a release that somebody took back. Its assets may have been downloaded, so no run
 * replaces them. Our mark says so, and GitHub's time of publication, where it keeps that.
 */
export const wasPublished = ({ draft, body, published_at: at }: Release): boolean =>
  draft && (isMarkedPublished(body) || at !== null)

/** The error for a run that would fill such a draft. */
export function takenBack(subject: ReleaseSubject, { tag_name: tag, url }: Release): ConflictError {
  const target = `${nameOfSubject(subject)}@${oneLine(tag, 100)}`
  return new ConflictError(
    `${oneLine(tag, 100)} was published, and then made a draft again: ${url}`,
    {
      hint: [
        'its assets may be in use: ',
        { verb: ['RELEASE', 'EDIT'], target, flags: { draft: 'false' } },
        ' publishes them again; else raise the version, or delete it: ',
        { verb: ['RELEASE', 'DELETE'], target, brief: true },
      ],
    },
  )
}
