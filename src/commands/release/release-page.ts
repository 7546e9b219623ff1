import type { ReleaseInfo } from '../../releases/types.js'
import { formatBytes } from '../../repos/describe.js'
import { lines, type Page } from '../../terminal/page.js'

/** Its address, which a script can take. */
export const resultPage = ({ url }: ReleaseInfo): Page => lines(url)

/** What a job of Actions hands on. */
export const releaseOutputs = ({ id, tag, url }: ReleaseInfo): Record<string, string> => ({
  release_id: String(id),
  tag,
  release_url: url,
})

/** `draft`, `latest` and the like, in a word or two. */
export function kindOf({ draft, prerelease, latest }: ReleaseInfo): string {
  const words = [draft && 'draft', prerelease && 'pre-release', latest && 'latest']
  return words.filter((word) => word !== false).join(', ')
}

/** Its assets, a row each. */
export const assetsPage = ({ assets }: Pick<ReleaseInfo, 'assets'>): Page => ({
  kind: 'table',
  columns: [
    { title: 'ASSET', flexible: true },
    { title: 'SIZE', align: 'right' },
    { title: 'STATUS' },
    { title: 'DIGEST', flexible: true },
  ],
  rows: assets.map(({ name, size, status, digest }) => [
    name,
    formatBytes(size),
    status,
    digest ?? '',
  ]),
})
