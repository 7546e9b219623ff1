import type { Account } from '../../model/types.js'
import type { GraphQLContext } from '../context.js'

export const accountNode = ({ id, nodeId, login, type }: Account) => ({
  __typename: type,
  id: nodeId,
  databaseId: id,
  login,
  name: login,
  url: (_arguments: unknown, { addresses }: GraphQLContext) => `${addresses.git}/${login}`,
})
