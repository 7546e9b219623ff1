import { formatBytes } from '../../base/text.js'
import type { ViewedRelease } from '../../releases/find.js'
import { type Cell, lines, type Page } from '../../terminal/page.js'
import type { Terminal } from '../../terminal/terminal.js'
import { repositoryFlag } from '../targets.js'
import { defineVerb } from '../verb.js'
import { openPage, WebPage, webFlag } from '../web.js'
import { kindOf } from './shared.js'
import { latestArgument, releaseTarget } from './target.js'

export const view = defineVerb({
  name: 'view',
  summary: 'show a release with its assets and notes; default: the latest',
  examples: [
    { command: 'wizard RELEASE VIEW core', does: "a component's highest stable version" },
    { command: 'wizard RELEASE VIEW uDOS/typo@v1.2.0 --json', does: 'one release, for scripts' },
  ],
  args: [latestArgument],
  flags: { ...repositoryFlag, ...webFlag },
  async run(invocation, [text], { repo, web }) {
    const { subject, named } = await releaseTarget(invocation, text, repo)
    const release = await (await invocation.releaseManager()).view(subject, named, invocation.call)
    return web ? openPage(invocation, release.url) : release
  },
  isLong: true,
  render: (found, { terminal }) =>
    found instanceof WebPage ? lines(found.url) : viewPage(found, terminal),
})

function viewPage(release: ViewedRelease, { momentOf }: Terminal): Page {
  const { tag, name, url, published_at: at, target_commit: commit, assets, notes } = release
  const fields: Cell[][] = [
    ['tag', tag],
    ['title', name],
    ['kind', kindOf(release) || 'stable'],
    ['published', at === null ? 'not yet' : momentOf(at)],
    ['commit', commit ?? ''],
    ['address', { text: url, link: url }],
    ...assets.map((asset) => [
      'asset',
      `${asset.name} (${formatBytes(asset.size)}) ${asset.digest ?? ''}`.trimEnd(),
    ]),
  ]
  return {
    kind: 'table',
    columns: [
      { title: 'FIELD', tone: () => 'faint' },
      { title: 'VALUE', cut: 'wrap' },
    ],
    rows: fields,
    text: notes.trim() === '' ? [] : ['', ...notes.trim().split(/\r?\n/)],
  }
}
