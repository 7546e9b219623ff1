import type { Addresses } from '../../addresses.js'
import type { Account } from '../../model/repository.js'
import type { Data } from '../route.js'

type SimpleUser = Data<'GET /repos/{owner}/{repo}'>['owner']

export function simpleUser({ api, git }: Addresses, account: Account): SimpleUser {
  const { id, nodeId, login, type } = account
  const url = `${api}/users/${login}`
  return {
    login,
    id,
    node_id: nodeId,
    avatar_url: `${git}/avatars/u/${id}?v=4`,
    gravatar_id: '',
    url,
    html_url: `${git}/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    site_admin: false,
  }
}

export function publicUser(addresses: Addresses, account: Account, publicRepos: number) {
  return {
    ...simpleUser(addresses, account),
    name: account.login,
    company: null,
    blog: '',
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: publicRepos,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: account.createdAt,
    updated_at: account.createdAt,
  } satisfies Data<'GET /users/{username}'>
}

export function organization(
  { api, git }: Addresses,
  account: Account,
  publicRepos: number,
): Data<'GET /orgs/{org}'> {
  const { id, nodeId, login, createdAt } = account
  const url = `${api}/orgs/${login}`
  return {
    login,
    id,
    node_id: nodeId,
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${git}/avatars/u/${id}?v=4`,
    description: null,
    has_organization_projects: true,
    has_repository_projects: true,
    public_repos: publicRepos,
    public_gists: 0,
    followers: 0,
    following: 0,
    html_url: `${git}/${login}`,
    type: 'Organization',
    created_at: createdAt,
    updated_at: createdAt,
    archived_at: null,
  }
}
