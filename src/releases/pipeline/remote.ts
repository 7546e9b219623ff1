import picomatch from 'picomatch'
import { z } from 'zod/mini'
import { GitHubAuthError, GitHubNotFoundError, WizardError } from '../../base/errors.js'
import { remoteUrl } from '../../base/names/remote.js'
import { fullNameOf, type Repo } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import type { Git } from '../../git/git.js'
import { listRefs } from '../../git/porcelain/fetch/target.js'
import { tokenExpiry } from '../../github/auth/expiry.js'
import { ask, parseAnswer } from '../../github/rest/api.js'
import { resolveCommit } from '../../github/rest/commits.js'
import { hasImmutableReleases } from '../../github/rest/releases.js'
import { listTags, tagCommit } from '../../github/rest/tags.js'
import { releasesOf } from '../find.js'
import type { ReleaseSession } from '../session.js'
import type { ComponentSubject, RemoteFacts } from './request.js'

type GitHub = Pick<ReleaseSession, 'github'>

/** The git server of the repositories; a client has it. */
export interface ReleaseServer {
  readonly gitUrl: string
  git(): Promise<Git>
}

/**
 * Asks GitHub for everything that decides whether and how a release is made; changes nothing.
 *
 * @throws GitHubAuthError if the token may not write, or a ruleset forbids the tag
 */
export async function readRemote(
  session: GitHub & { server: ReleaseServer },
  subject: ComponentSubject,
  { tag, head }: { tag: string; head: string },
): Promise<RemoteFacts> {
  const { owner, repo } = subject
  const tokenExpires = await assertWritable(session, subject)
  const [releases, tags, tagged, isPushed, immutable] = await Promise.all([
    releasesOf(session, subject),
    listTags(session.github, owner, repo),
    tagCommit(session.github, owner, repo, tag),
    isOnServer(session, subject, head),
    hasImmutableReleases(session.github, owner, repo),
  ])
  if (tagged === null) await assertTagAllowed(session, subject, tag)
  return {
    releases,
    tags: new Map(tags.map(({ name, commit }) => [name, commit])),
    tagged,
    isPushed,
    immutable: immutable ?? false,
    tokenExpires,
  }
}

const repositoryAnswer = z.object({
  archived: z.nullish(z.boolean()),
  permissions: z.nullish(z.object({ push: z.nullish(z.boolean()) })),
})

/**
 * As far as GitHub says: for a fine-grained token it reports what the token's owner may do.
 *
 * @returns when the token expires, as `tokenExpiry`
 */
async function assertWritable(
  { github }: GitHub,
  { owner, repo }: ComponentSubject,
): Promise<string | null> {
  if (!(await github.authenticated())) {
    throw new GitHubAuthError('a release needs a token', {
      hint: 'set GITHUB_TOKEN (contents: write), or run `gh auth login`',
    })
  }
  const { data, headers } = await (await github.octokit()).rest.repos.get({ owner, repo })
  const { archived, permissions } = parseAnswer(github, repositoryAnswer, data)
  const name = fullNameOf({ owner, repo })
  if (archived) throw new GitHubAuthError(`${name} is archived: it takes no releases`)
  if (permissions?.push === false) {
    throw new GitHubAuthError(`the token may not write to ${name}`, {
      hint: 'a release needs the permission contents: write, or the scope repo',
    })
  }
  return tokenExpiry(headers)
}

/** Whether one of the server's refs is at the commit, or the API knows it. */
async function isOnServer(
  { github, server }: GitHub & { server: ReleaseServer },
  { owner, repo }: ComponentSubject,
  head: string,
): Promise<boolean> {
  if (await isAtRef(server, remoteUrl(server.gitUrl, { owner, repo }), head)) return true
  try {
    await resolveCommit(github, owner, repo, head)
    return true
  } catch (error) {
    if (error instanceof GitHubNotFoundError) return false
    throw error
  }
}

async function isAtRef(server: ReleaseServer, url: string, head: string): Promise<boolean> {
  try {
    const { refs } = await listRefs(await server.git(), url, ['refs/heads/', 'refs/tags/'])
    return [...refs.values()].some(({ oid, peeled }) => (peeled ?? oid) === head)
  } catch (error) {
    // The API can answer too, and its error is the one to report.
    if (error instanceof WizardError) return false
    throw error
  }
}

const summary = z.object({ id: z.number(), target: z.nullish(z.string()), enforcement: z.string() })
const ruleset = z.object({
  name: z.string(),
  current_user_can_bypass: z.nullish(z.string()),
  conditions: z.nullish(
    z.object({
      ref_name: z.nullish(
        z.object({
          include: z.nullish(z.array(z.string())),
          exclude: z.nullish(z.array(z.string())),
        }),
      ),
    }),
  ),
  rules: z.nullish(z.array(z.object({ type: z.string() }))),
})

type Ruleset = z.output<typeof ruleset>

/**
 * Publishing creates the tag, so it is better to know first if a ruleset forbids that.
 * https://docs.github.com/en/rest/repos/rules#get-all-repository-rulesets
 *
 * @throws GitHubAuthError if an active ruleset prevents this user from creating the tag
 */
export async function assertTagAllowed(
  { github }: Pick<ReleaseSession, 'github'>,
  repo: Repo,
  tag: string,
): Promise<void> {
  for (const { id } of await activeTagRulesets(github, repo)) {
    const asked = { ...repo, ruleset_id: id, includes_parents: true }
    const found = await ask(github, ruleset, (rest) => rest.repos.getRepoRuleset(asked))
    if (!forbids(found, `refs/tags/${tag}`)) continue
    throw new GitHubAuthError(`the rule ${oneLine(found.name, 100)} forbids ${tag}`, {
      hint: 'an administrator can let you bypass it, or create the tag',
    })
  }
}

async function activeTagRulesets(github: ReleaseSession['github'], repo: Repo) {
  try {
    const asked = { ...repo, targets: 'tag', includes_parents: true, per_page: 100 }
    const found = await ask(github, z.array(summary), (rest) => rest.repos.getRepoRulesets(asked))
    return found.filter(({ target, enforcement }) => target === 'tag' && enforcement === 'active')
  } catch (error) {
    // The server or plan has no rulesets, or the token may not see them.
    if (error instanceof GitHubNotFoundError || error instanceof GitHubAuthError) return []
    throw error
  }
}

function forbids({ rules, conditions, current_user_can_bypass: bypass }: Ruleset, ref: string) {
  if (bypass === 'always' || bypass === 'exempt') return false
  if (!rules?.some(({ type }) => type === 'creation')) return false
  const { include, exclude } = { include: null, exclude: null, ...conditions?.ref_name }
  const matches = (pattern: string) =>
    pattern === '~ALL' || picomatch.isMatch(ref, pattern, { dot: true })
  return (include ?? []).some(matches) && !(exclude ?? []).some(matches)
}
