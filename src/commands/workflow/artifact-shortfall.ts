import type { DownloadedArtifact } from '../../workflows/artifacts/artifacts.js'
import type { Shortfall } from '../verb.js'

/** Those that did not come, told by the first of them; null where all did. */
export function artifactShortfall(artifacts: DownloadedArtifact[]): Shortfall | null {
  const failed = artifacts.filter(({ error }) => error !== null)
  const [first] = failed
  if (!first?.error) return null
  const others = failed.length > 1 ? `, and ${failed.length - 1} more` : ''
  const { code, message, hint, remedy } = first.error
  return {
    code: failed.length === artifacts.length ? code : 'FAILED',
    message: `${first.name}: ${message}${others}`,
    hint,
    remedy,
  }
}
