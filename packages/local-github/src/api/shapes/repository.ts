import type { Addresses } from '../../addresses.js'
import { type Account, fullName, type Repository } from '../../model/repository.js'
import type { Data } from '../route.js'
import { simpleUser } from './account.js'

type FullRepository = Data<'GET /repos/{owner}/{repo}'>
type ListedRepository = Data<'GET /orgs/{org}/repos'>[number]

/** The common fields of a repository in a list, in a search and by itself. */
export function listedRepository(
  addresses: Addresses,
  repository: Repository,
  viewer: Account | null,
) {
  const { description, language, topics, stars, archived, fork } = repository
  return {
    ...identity(addresses, repository),
    ...links(addresses, fullName(repository)),
    owner: simpleUser(addresses, repository.owner),
    private: repository.private,
    visibility: repository.private ? 'private' : 'public',
    description,
    fork,
    archived,
    disabled: false,
    is_template: false,
    homepage: null,
    language,
    topics,
    forks_count: 0,
    forks: 0,
    stargazers_count: stars,
    watchers_count: stars,
    watchers: stars,
    size: 1,
    open_issues_count: 0,
    open_issues: 0,
    default_branch: repository.defaultBranch,
    ...features,
    pushed_at: repository.pushedAt,
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    mirror_url: null,
    license: null,
    ...(viewer && {
      permissions: { admin: true, maintain: true, push: true, triage: true, pull: true },
    }),
  } satisfies ListedRepository
}

export function fullRepository(
  addresses: Addresses,
  repository: Repository,
  viewer: Account | null,
): FullRepository {
  return {
    ...listedRepository(addresses, repository, viewer),
    has_discussions: false,
    subscribers_count: 1,
    network_count: 0,
  }
}

const features = {
  has_issues: true,
  has_projects: false,
  has_wiki: false,
  has_pages: false,
  has_downloads: true,
  has_discussions: false,
  allow_forking: true,
  web_commit_signoff_required: false,
}

function identity({ api, git }: Addresses, repository: Repository) {
  const name = fullName(repository)
  const host = new URL(git).host
  return {
    id: repository.id,
    node_id: repository.nodeId,
    name: repository.name,
    full_name: name,
    url: `${api}/repos/${name}`,
    html_url: `${git}/${name}`,
    clone_url: `${git}/${name}.git`,
    git_url: `git://${host}/${name}.git`,
    ssh_url: `git@${new URL(git).hostname}:${name}.git`,
    svn_url: `${git}/${name}`,
  }
}

/** The many addresses below a repository's own. */
function links({ api }: Addresses, name: string) {
  const url = (rest: string) => `${api}/repos/${name}/${rest}`
  return {
    archive_url: url('{archive_format}{/ref}'),
    assignees_url: url('assignees{/user}'),
    blobs_url: url('git/blobs{/sha}'),
    branches_url: url('branches{/branch}'),
    collaborators_url: url('collaborators{/collaborator}'),
    comments_url: url('comments{/number}'),
    commits_url: url('commits{/sha}'),
    compare_url: url('compare/{base}...{head}'),
    contents_url: url('contents/{+path}'),
    contributors_url: url('contributors'),
    deployments_url: url('deployments'),
    downloads_url: url('downloads'),
    events_url: url('events'),
    forks_url: url('forks'),
    git_commits_url: url('git/commits{/sha}'),
    git_refs_url: url('git/refs{/sha}'),
    git_tags_url: url('git/tags{/sha}'),
    hooks_url: url('hooks'),
    issue_comment_url: url('issues/comments{/number}'),
    issue_events_url: url('issues/events{/number}'),
    issues_url: url('issues{/number}'),
    keys_url: url('keys{/key_id}'),
    labels_url: url('labels{/name}'),
    languages_url: url('languages'),
    merges_url: url('merges'),
    milestones_url: url('milestones{/number}'),
    notifications_url: url('notifications{?since,all,participating}'),
    pulls_url: url('pulls{/number}'),
    releases_url: url('releases{/id}'),
    stargazers_url: url('stargazers'),
    statuses_url: url('statuses/{sha}'),
    subscribers_url: url('subscribers'),
    subscription_url: url('subscription'),
    tags_url: url('tags'),
    teams_url: url('teams'),
    trees_url: url('git/trees{/sha}'),
  }
}
