import { ConfigError, UsageError } from '../../../base/errors.js'
import type { RepositoryData } from '../../../github/rest/repositories.js'
import type { Invocation } from '../../../invocation.js'
import type { LocalListing } from '../../../repos/targets/listing.js'
import type { Page } from '../../../terminal/page.js'
import { defineVerb } from '../../verb.js'
import { failureOf } from '../shared.js'

type Listed = { kind: 'remote'; list: RepositoryData[] } | { kind: 'local'; list: LocalListing[] }

export const list = defineVerb({
  name: 'list',
  summary: "list an owner's repositories on GitHub; --local: those of repos.yaml",
  examples: [
    { command: 'wizard REPO LIST', does: 'those of the default owner' },
    { command: 'wizard REPO LIST ollama --limit 20', does: 'up to 20 of another owner' },
    { command: 'wizard REPO LIST --local', does: 'what repos.yaml names, and where' },
  ],
  args: [
    {
      name: 'owner',
      summary: 'an organization or user; default: owner in github.yaml',
      optional: true,
    },
  ],
  flags: {
    local: { type: 'boolean', summary: 'what repos.yaml names' },
    limit: { type: 'integer', value: 'N', min: 1, summary: 'at most N; default: all' },
  },
  async run(invocation, [owner], { local, limit }): Promise<Listed> {
    if (local && owner !== undefined) throw new UsageError('REPO LIST --local takes no owner')
    if (local)
      return {
        kind: 'local',
        list: (await (await invocation.repoSync()).list([], invocation.call)).slice(0, limit),
      }
    const client = await invocation.github()
    return {
      kind: 'remote',
      list: await client.listRepositories(await ownerOf(invocation, owner), { limit }),
    }
  },
  json: ({ list }) => list,
  isLong: true,
  render: (found, invocation) =>
    found.kind === 'local' ? localPage(found.list) : repositoriesPage(found.list, invocation),
  partialFailure(found) {
    if (found.kind === 'remote') return null
    const unknown = found.list.filter(({ error }) => error !== null)
    return failureOf(unknown, { of: found.list, total: found.list.length })
  },
})

async function ownerOf(invocation: Invocation, owner: string | undefined): Promise<string> {
  const known = owner ?? (await invocation.config()).github.owner
  if (known) return known
  throw new ConfigError('no default owner is set', {
    hint: 'give one, wizard REPO LIST OWNER, or set GITHUB_OWNER',
  })
}

const localPage = (found: LocalListing[]): Page => ({
  kind: 'table',
  columns: [
    { title: 'REPOSITORY', cut: 'middle' },
    { title: 'GROUP', cut: 'middle', spare: 3 },
    { title: 'HERE', tone: (cell) => (cell === 'yes' ? 'good' : 'warning') },
    { title: 'BRANCH', cut: 'middle', spare: 2 },
    { title: 'SCHEDULE', spare: 2 },
    { title: 'FOLDER', cut: 'middle', spare: 1 },
    { title: 'NOTE', cut: 'wrap' },
  ],
  empty: 'repos.yaml lists no repositories',
  rows: found.map(({ repo, group, present, branch, pull_schedule, path, error }) => [
    repo,
    group ?? '',
    present ? 'yes' : 'no',
    branch ?? '(default)',
    pull_schedule ?? '',
    path,
    error?.message ?? '',
  ]),
})

/** Repositories on GitHub, for LIST and SEARCH. */
export const repositoriesPage = (found: RepositoryData[], { terminal }: Invocation): Page => ({
  kind: 'table',
  columns: [
    { title: 'REPOSITORY', cut: 'middle' },
    { title: 'BRANCH', cut: 'middle', spare: 2 },
    { title: 'STARS', spare: 4, align: 'right' },
    { title: 'PUSHED', spare: 5 },
    { title: 'KIND', spare: 1, tone: () => 'faint' },
    { title: 'DESCRIPTION', cut: 'end', spare: 3 },
  ],
  empty: 'no repositories found',
  rows: found.map((one) => [
    { text: one.full_name, link: one.url },
    one.default_branch,
    String(one.stars),
    terminal.out.isTerminal ? terminal.ageOf(one.pushed_at) : (one.pushed_at?.slice(0, 10) ?? ''),
    [one.private ? 'private' : 'public', one.archived && 'archived'].filter(Boolean).join(' '),
    one.description ?? '',
  ]),
})
