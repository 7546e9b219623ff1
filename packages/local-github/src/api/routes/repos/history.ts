import { type GitRef, listRefs } from '../../../git/bare.js'
import { type CommitInfo, changesOf, log, resolveCommit } from '../../../git/read.js'
import { gitText } from '../../../git/run.js'
import { fullName, type Repository } from '../../../model/repository.js'
import type { Call } from '../../call.js'
import { ApiError, notFound } from '../../errors.js'
import { page } from '../../page.js'
import { type Data, type Route, route } from '../../route.js'
import { fullCommit, listedCommit } from '../../shapes/commit.js'

/** Branches, tags, commits and comparisons: https://docs.github.com/rest/branches, https://docs.github.com/rest/commits */
export const historyRoutes: Route[] = [
  route('GET /repos/{owner}/{repo}/branches', async (call) => {
    const repository = call.repository()
    const refs = await listRefs(repository.bare, 'refs/heads/')
    const { items, headers } = page(call, refs)
    return { data: items.map((ref) => shortBranch(call, repository, ref)), headers }
  }),
  route('GET /repos/{owner}/{repo}/branches/{branch}', async (call) => ({
    data: await branch(call),
  })),
  route('GET /repos/{owner}/{repo}/tags', async (call) => {
    const repository = call.repository()
    const refs = await listRefs(repository.bare, 'refs/tags/')
    const { items, headers } = page(call, refs.reverse())
    return { data: items.map((ref) => tag(call, repository, ref)), headers }
  }),
  route('GET /repos/{owner}/{repo}/commits', async (call) => {
    const { items, headers } = page(call, await commits(call))
    const name = fullName(call.repository())
    return { data: items.map((commit) => listedCommit(call, name, commit)), headers }
  }),
  route('GET /repos/{owner}/{repo}/commits/{ref}', commit),
  route('GET /repos/{owner}/{repo}/compare/{basehead}', compare),
]

function shortBranch({ addresses }: Call, repository: Repository, { name, oid }: GitRef) {
  const url = `${addresses.api}/repos/${fullName(repository)}/commits/${oid}`
  return { name: name.slice('refs/heads/'.length), commit: { sha: oid, url }, protected: false }
}

async function branch(call: Call): Promise<Data<'GET /repos/{owner}/{repo}/branches/{branch}'>> {
  const repository = call.repository()
  const name = call.parameter('branch')
  const refs = await listRefs(repository.bare, `refs/heads/${name}`)
  const ref = refs.find((candidate) => candidate.name === `refs/heads/${name}`)
  if (!ref) throw new ApiError(404, 'Branch not found')
  const tip = await oneCommit(repository, ref.oid)
  const self = `${call.addresses.api}/repos/${fullName(repository)}/branches/${name}`
  return {
    name,
    commit: listedCommit(call, fullName(repository), tip),
    _links: { self, html: `${call.addresses.git}/${fullName(repository)}/tree/${name}` },
    protected: false,
    protection: { enabled: false },
    protection_url: `${self}/protection`,
  }
}

function tag({ addresses }: Call, repository: Repository, { name, peeled }: GitRef) {
  const base = `${addresses.api}/repos/${fullName(repository)}`
  return {
    name: name.slice('refs/tags/'.length),
    commit: { sha: peeled, url: `${base}/commits/${peeled}` },
    zipball_url: `${base}/zipball/${name}`,
    tarball_url: `${base}/tarball/${name}`,
    node_id: `REF_${Buffer.from(name).toString('base64url')}`,
  }
}

async function commits(call: Call): Promise<CommitInfo[]> {
  const { bare } = call.repository()
  if ((await resolveCommit(bare, 'HEAD')) === null)
    throw new ApiError(409, 'Git Repository is empty.')
  const revision = await resolveCommit(bare, call.query.get('sha') ?? 'HEAD')
  if (revision === null) throw notFound()
  const found = await log(bare, { revision, path: call.query.get('path') ?? undefined })
  return found.filter((commit) => isAskedFor(call, commit))
}

/** Times are the committer's; an author is a login or an email address. */
function isAskedFor({ query, world }: Call, { author, committer }: CommitInfo): boolean {
  const [who, since, until] = ['author', 'since', 'until'].map((name) => query.get(name))
  const time = Date.parse(committer.date)
  if (since && time < Date.parse(since)) return false
  if (until && time > Date.parse(until)) return false
  if (!who) return true
  const login = world.accountByEmail(author.email)?.login.toLowerCase()
  return [login, author.email.toLowerCase()].includes(who.toLowerCase())
}

async function commit(call: Call) {
  const repository = call.repository()
  const ref = call.parameter('ref')
  const oid = await resolveCommit(repository.bare, ref)
  if (oid === null) throw new ApiError(422, `No commit found for SHA: ${ref}`)
  if (call.accepts('.sha')) {
    return new Response(oid, {
      headers: { 'content-type': 'application/vnd.github.sha; charset=utf-8' },
    })
  }
  const found = {
    commit: await oneCommit(repository, oid),
    changes: await changesOf(repository.bare, oid),
  }
  return { data: fullCommit(call, fullName(repository), found) }
}

async function oneCommit({ bare }: Repository, oid: string): Promise<CommitInfo> {
  const [found] = await log(bare, { revision: oid, limit: 1 })
  if (!found) throw notFound()
  return found
}

type Comparison = Data<'GET /repos/{owner}/{repo}/compare/{basehead}'>

/** Without a page it lists at most 250 commits. It lists no changed files. */
async function compare(call: Call): Promise<{ data: Comparison; headers: Record<string, string> }> {
  const repository = call.repository()
  const { bare } = repository
  const [from = '', to = ''] = call.parameter('basehead').split('...')
  const [base, head] = await Promise.all([resolveCommit(bare, from), resolveCommit(bare, to)])
  if (base === null || head === null) throw notFound()
  const merge = await gitText(['merge-base', base, head], { dir: bare }).catch(() => null)
  if (merge === null) throw new ApiError(404, `No common ancestor between ${from} and ${to}.`)
  const ahead = (await log(bare, { revision: `${base}..${head}` })).reverse()
  const behind = (await log(bare, { revision: `${head}..${base}` })).length
  const shape = async (oid: string) =>
    listedCommit(call, fullName(repository), await oneCommit(repository, oid))
  const isPaged = call.query.has('page') || call.query.has('per_page')
  const { items, headers } = isPaged
    ? page(call, ahead)
    : { items: ahead.slice(0, 250), headers: {} }
  const data = {
    ...comparisonLinks(call, repository, `${from}...${to}`),
    base_commit: await shape(base),
    merge_base_commit: await shape(merge),
    status: statusOf(ahead.length, behind),
    ahead_by: ahead.length,
    behind_by: behind,
    total_commits: ahead.length,
    commits: items.map((info) => listedCommit(call, fullName(repository), info)),
  } satisfies Comparison
  return { data, headers }
}

function comparisonLinks({ addresses }: Call, repository: Repository, range: string) {
  const html = `${addresses.git}/${fullName(repository)}/compare/${range}`
  return {
    url: `${addresses.api}/repos/${fullName(repository)}/compare/${range}`,
    html_url: html,
    permalink_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
  }
}

function statusOf(ahead: number, behind: number) {
  if (ahead === 0) return behind === 0 ? 'identical' : 'behind'
  return behind === 0 ? 'ahead' : 'diverged'
}
