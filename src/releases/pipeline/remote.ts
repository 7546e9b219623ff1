import { z } from 'zod'
import { GitHubAuthError, GitHubNotFoundError, WizardError } from '../../base/errors.js'
import { remoteUrl } from '../../base/names/remote.js'
import { fullNameOf } from '../../base/names/repository.js'
import type { Git } from '../../git/git.js'
import { listRefs } from '../../git/porcelain/fetch/target.js'
import { getParsed, repositoryPath } from '../../github/rest/api.js'
import { commitOf } from '../../github/rest/commits.js'
import { hasImmutableReleases } from '../../github/rest/releases.js'
import { listTags, tagCommit } from '../../github/rest/tags.js'
import type { ReleaseDeps } from '../deps.js'
import { releasesOf } from '../find.js'
import { expectTagAllowed } from './tag-rules.js'
import type { ComponentSubject, RemoteFacts } from './types.js'

type GitHub = Pick<ReleaseDeps, 'github'>

/** Where repositories are cloned from; a client has it. */
export interface GitServer {
  readonly gitUrl: string
  git(): Promise<Git>
}

/**
 * Asks GitHub for all that decides whether and how a release is made; nothing is changed.
 *
 * @throws GitHubAuthError where the token may not write, or a rule keeps the tag from being made
 */
export async function readRemote(
  deps: GitHub & { server: GitServer },
  subject: ComponentSubject,
  { tag, head }: { tag: string; head: string },
): Promise<RemoteFacts> {
  const { owner, repo } = subject
  await expectWritable(deps, subject)
  const [releases, tags, tagged, isPushed, immutable] = await Promise.all([
    releasesOf(deps, subject),
    listTags(deps.github, owner, repo),
    tagCommit(deps.github, owner, repo, tag),
    isOnServer(deps, subject, head),
    hasImmutableReleases(deps.github, owner, repo),
  ])
  if (tagged === null) await expectTagAllowed(deps, subject, tag)
  return {
    releases,
    tags: new Map(tags.map(({ name, commit }) => [name, commit])),
    tagged,
    isPushed,
    immutable: immutable ?? false,
  }
}

const repositoryAnswer = z.object({
  archived: z.boolean().nullish(),
  permissions: z.object({ push: z.boolean().nullish() }).nullish(),
})

/** As far as GitHub tells: of a fine-grained token it says what its owner may do. */
async function expectWritable(
  { github }: GitHub,
  { owner, repo }: ComponentSubject,
): Promise<void> {
  if (!(await github.authenticated())) {
    throw new GitHubAuthError('a release needs a token', {
      hint: 'set GITHUB_TOKEN (contents: write), or run `gh auth login`',
    })
  }
  const path = repositoryPath(owner, repo)
  const { archived, permissions } = await getParsed(github, path, repositoryAnswer)
  const name = fullNameOf({ owner, repo })
  if (archived) throw new GitHubAuthError(`${name} is archived: it takes no releases`)
  if (permissions?.push === false) {
    throw new GitHubAuthError(`the token may not write to ${name}`, {
      hint: 'a release needs the permission contents: write, or the scope repo',
    })
  }
}

/** A ref of the server's is at the commit, or the API knows it. */
async function isOnServer(
  { github, server }: GitHub & { server: GitServer },
  { owner, repo }: ComponentSubject,
  head: string,
): Promise<boolean> {
  if (await isAtRef(server, remoteUrl(server.gitUrl, { owner, repo }), head)) return true
  try {
    await commitOf(github, owner, repo, head)
    return true
  } catch (error) {
    if (error instanceof GitHubNotFoundError) return false
    throw error
  }
}

async function isAtRef(server: GitServer, url: string, head: string): Promise<boolean> {
  try {
    const { refs } = await listRefs(await server.git(), url, ['refs/heads/', 'refs/tags/'])
    return [...refs.values()].some(({ oid, peeled }) => (peeled ?? oid) === head)
  } catch (error) {
    // The API says as well; where that fails too, it has the last word.
    if (error instanceof WizardError) return false
    throw error
  }
}
