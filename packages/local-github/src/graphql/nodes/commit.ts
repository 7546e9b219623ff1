import { blobAt } from '../../git/blob-at.js'
import { log, resolveCommit, type Signature } from '../../git/read.js'
import type { Repository } from '../../model/repository.js'
import { connection, type PageArguments } from '../connection.js'
import type { GraphQLContext } from '../context.js'
import { accountNode } from './account.js'

const trailer = /^co-authored-by: *(.*?) *<(.*)>$/gim

/** Reads the commit's content when a field needs it. */
export function commitNode({ bare }: Repository, oid: string) {
  const read = async () => {
    const [commit] = await log(bare, { revision: oid, limit: 1 })
    if (!commit) throw new Error(`there is no commit ${oid}`)
    return commit
  }
  return {
    __typename: 'Commit',
    id: `C_${oid}`,
    oid,
    abbreviatedOid: oid.slice(0, 7),
    message: async () => (await read()).message,
    author: async () => actorNode((await read()).author),
    committer: async () => actorNode((await read()).committer),
    /** The author first, then the co-authors that the message names. */
    authors: async (page: PageArguments) => {
      const { author, message } = await read()
      const others = [...message.matchAll(trailer)].map(([, name = '', email = '']) => {
        return { name, email, date: author.date }
      })
      return connection([author, ...others].map(actorNode), page)
    },
  }
}

const actorNode = ({ name, email, date }: Signature) => ({
  name,
  email,
  date,
  user: (_arguments: unknown, { world }: GraphQLContext) => {
    const account = world.accountByEmail(email)
    return account ? accountNode(account) : null
  },
})

/** By its id or an expression: a commit, or a file as `HEAD:path`. */
export async function objectNode(
  repository: Repository,
  { oid, expression }: { oid?: string | null; expression?: string | null },
) {
  if (expression?.includes(':')) return blobNode(repository, expression)
  const found = await resolveCommit(repository.bare, oid ?? expression ?? '')
  return found === null ? null : commitNode(repository, found)
}

/** GitHub cuts longer texts here. */
const longestText = 512_000

async function blobNode({ bare }: Repository, expression: string) {
  const blob = await blobAt(bare, expression)
  if (blob === null) return null
  const { oid, data } = blob
  const isBinary = data.includes(0)
  return {
    __typename: 'Blob',
    id: `B_${oid}`,
    oid,
    abbreviatedOid: oid.slice(0, 7),
    byteSize: data.length,
    isBinary,
    isTruncated: data.length > longestText,
    text: isBinary ? null : data.subarray(0, longestText).toString(),
  }
}
