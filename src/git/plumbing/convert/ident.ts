import type { Oid } from '../objects/object.js'

/**
 * `$Id: OID $` for `$Id$`, and for what an earlier checkout made of it. Another system's keyword,
 * which has words in it, stays.
 *
 * @param oid the blob's id
 * @param isStreamed git has two ways to write a file, which differ where dollars touch
 * @returns the same buffer if there is none
 * @see https://git-scm.com/docs/gitattributes#_ident
 */
export function expandIdent(data: Buffer, oid: Oid, isStreamed: boolean): Buffer {
  const expanded = `$Id: ${oid} $`
  if (!isStreamed) return replaceAll(data, keyword, () => expanded)
  return replaceAll(data, afterDollar, (found) => {
    const isKeyword = found === '$Id$' || (/^\$Id:.*\$$/.test(found) && !foreign.test(found))
    return isKeyword ? expanded : found
  })
}

/** `$Id$` for `$Id: anything $`. @returns the same buffer if there is none */
export const collapseIdent = (data: Buffer): Buffer =>
  replaceAll(data, /\$Id:[^\n$]*\$/g, () => '$Id$')

/** A keyword that has no space inside. */
const keyword = /\$Id(?:\$|:[^\n$]?[^ \n$]* ?\$)/g

/** What git reads of a stream before it looks for a dollar again. */
const afterDollar = /\$(?:Id(?:\$|:[^\n$]*[\n$]?|.)|I.|.)/gs
const foreign = /^\$Id: .*\s(?!\$)/

function replaceAll(data: Buffer, pattern: RegExp, replace: (found: string) => string): Buffer {
  if (!data.includes('$Id')) return data
  // latin1 keeps every byte.
  return Buffer.from(data.toString('latin1').replace(pattern, replace), 'latin1')
}
