import { fullNameOf } from '../../../base/names/repository.js'
import { formatBytes } from '../../../base/text.js'
import type { RepositoryData } from '../../../github/rest/repositories.js'
import { lines, type Page } from '../../../terminal/page.js'
import type { Terminal } from '../../../terminal/terminal.js'
import { repositoryTarget } from '../../targets.js'
import { defineVerb } from '../../verb.js'
import { openPage, WebPage, webFlag } from '../../web.js'

export const view = defineVerb({
  name: 'view',
  summary: 'show a repository on GitHub',
  examples: [
    { command: 'wizard REPO VIEW uDOS/typo', does: 'its description, default branch, topics …' },
    { command: 'wizard REPO VIEW typo --json | jq -r .default_branch', does: 'for scripts' },
  ],
  args: [{ name: 'repo', summary: 'owner/repo, its address, or a name below the default owner' }],
  flags: webFlag,
  async run(invocation, [target = ''], { web }) {
    const { owner, repo } = await repositoryTarget(invocation, target)
    const found = await (await invocation.github()).getRepo(owner, repo)
    if (!web) return found
    const { gitUrl } = (await invocation.config()).github
    return openPage(invocation, found.url ?? `${gitUrl}/${fullNameOf({ owner, repo })}`)
  },
  isLong: true,
  render: (found, { terminal }) =>
    found instanceof WebPage ? lines(found.url) : viewPage(found, terminal),
})

const viewPage = (found: RepositoryData, terminal: Terminal): Page => ({
  kind: 'table',
  columns: [
    { title: 'FIELD', tone: () => 'faint' },
    { title: 'VALUE', cut: 'wrap' },
  ],
  rows: Object.entries(found)
    .map(([key, value]): [string, string] => [key, textOf(key, value, terminal)])
    .filter(([, text]) => text !== '' || !terminal.out.isTerminal)
    .map(([key, text]) => [key, key === 'url' ? { text, link: text } : text]),
})

function textOf(key: string, value: unknown, { out, momentOf }: Terminal): string {
  if (Array.isArray(value)) return value.join(', ')
  if (key === 'pushed_at' && typeof value === 'string') return momentOf(value)
  // GitHub counts kilobytes.
  if (key === 'size' && typeof value === 'number' && out.isTerminal)
    return formatBytes(value * 1024)
  return String(value ?? '')
}
