import { type GitRef, listRefs, readBranch } from '../../git/bare.js'
import type { Repository } from '../../model/repository.js'
import { commitNode } from './commit.js'

/** A ref by its full name, or by a short one: a branch before a tag. */
export async function refNode(repository: Repository, name: string) {
  const names = name.startsWith('refs/') ? [name] : [`refs/heads/${name}`, `refs/tags/${name}`]
  for (const full of names) {
    const ref = await refOf(repository, full)
    if (ref) return toNode(repository, ref)
  }
  return null
}

async function refOf({ bare }: Repository, name: string): Promise<GitRef | undefined> {
  if (name.startsWith('refs/heads/')) return (await readBranch(bare, name)) ?? undefined
  return (await listRefs(bare, name)).find((candidate) => candidate.name === name)
}

export function toNode(repository: Repository, { name, oid, peeled }: GitRef) {
  const [, prefix = '', short = ''] = /^(refs\/[^/]+\/)(.*)$/.exec(name) ?? []
  return {
    id: `REF_${Buffer.from(name).toString('base64url')}`,
    name: short,
    prefix,
    target:
      oid === peeled ? commitNode(repository, oid) : tagNode(repository, short, { oid, peeled }),
  }
}

const tagNode = (
  repository: Repository,
  name: string,
  { oid, peeled }: Pick<GitRef, 'oid' | 'peeled'>,
) => ({
  __typename: 'Tag',
  id: `TA_${oid}`,
  oid,
  abbreviatedOid: oid.slice(0, 7),
  name,
  target: commitNode(repository, peeled),
})
