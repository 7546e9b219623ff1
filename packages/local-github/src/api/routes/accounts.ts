import type { Account } from '../../model/repository.js'
import type { Call } from '../call.js'
import { notFound } from '../errors.js'
import { type Route, route } from '../route.js'
import { organization, publicUser } from '../shapes/account.js'

/** https://docs.github.com/rest/users/users and https://docs.github.com/rest/orgs/orgs */
export const accountRoutes: Route[] = [
  route('GET /user', (call) => privateUser(call, call.requireViewer())),
  route('GET /users/{username}', (call) => {
    const account = call.world.account(call.parameter('username'))
    if (!account) throw notFound()
    return { data: publicUser(call.addresses, account, count(call, account, false)) }
  }),
  route('GET /orgs/{org}', (call) => {
    const account = call.world.account(call.parameter('org'))
    if (account?.type !== 'Organization') throw notFound()
    return { data: organization(call.addresses, account, count(call, account, false)) }
  }),
]

function privateUser(call: Call, account: Account) {
  const owned = count(call, account, true)
  return {
    data: {
      ...publicUser(call.addresses, account, count(call, account, false)),
      private_gists: 0,
      total_private_repos: owned,
      owned_private_repos: owned,
      disk_usage: 0,
      collaborators: 0,
      two_factor_authentication: true,
    },
  }
}

const count = ({ world }: Call, account: Account, secret: boolean) =>
  world.repositories(account).filter((repository) => repository.private === secret).length
