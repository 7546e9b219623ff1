import { CorruptObjectError } from '../../errors.js'
import type { ObjectType, Oid } from '../objects/object.js'
import { parseCommit, parseTag } from '../objects/parse.js'
import type { OidSet } from './oid-set.js'

/**
 * Notes the objects that an object names: a commit's tree and parents, a tree's entries but submodules,
 * a tag's object. The parents of a commit at which history ends here (a shallow one) are not asked for.
 *
 * @throws CorruptObjectError
 */
export function noteLinks(
  named: OidSet,
  type: ObjectType,
  data: Buffer,
  isShallow: () => boolean,
): void {
  if (type === 'tree') noteTree(named, data)
  else if (type === 'commit') {
    const { tree, parents } = parseCommit(data)
    noteAll(named, [tree])
    if (parents.length > 0 && !isShallow()) noteAll(named, parents)
  } else if (type === 'tag') noteAll(named, [parseTag(data).object])
}

function noteAll(named: OidSet, oids: Oid[]): void {
  for (const oid of oids) named.addNamed(Buffer.from(oid, 'hex'), 0)
}

/** By hand rather than by parseTree: a history's trees hold millions of entries. */
function noteTree(named: OidSet, data: Buffer): void {
  let at = 0
  while (at < data.length) {
    let end = at
    while (end < data.length && data[end] !== 0) end++
    if (end + 21 > data.length) throw new CorruptObjectError('a tree of the pack is cut')
    // Of all modes 160000, a submodule's, alone begins with 16.
    const isSubmodule = data[at] === 0x31 && data[at + 1] === 0x36
    if (!isSubmodule) named.addNamed(data, end + 1)
    at = end + 21
  }
}
