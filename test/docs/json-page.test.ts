import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nouns } from '../../src/commands/index.js'
import { version } from '../../src/version.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'
import { declaredIn, jsonTypes, otherDocuments, typeNameOf } from './json-page.js'

const page = readFileSync('docs/json.md', 'utf8')

let namesOfVerbs: string[]
beforeAll(async () => {
  const lists = nouns.map(async (noun) => (await noun.load()).map((verb) => typeNameOf(noun, verb)))
  namesOfVerbs = (await Promise.all(lists)).flat()
})

describe('docs/json.md', () => {
  it('has a type of each verb', () => {
    const declared = declaredIn(page)
    expect(namesOfVerbs.filter((name) => !declared.has(name))).toEqual([])
  })

  it('has no type of a verb that does not exist, and none that nothing uses', () => {
    const documents = [...namesOfVerbs, ...Object.keys(otherDocuments), 'Version']
    const declared = declaredIn(page)
    const used = new Set([...declared.values()].flatMap((names) => [...names]))
    const idle = [...declared.keys()].filter((name) => !documents.includes(name) && !used.has(name))
    expect(idle).toEqual([])
  })

  it('declares each type once', () => {
    const names = [...page.matchAll(/^type (\w+)/gm)].map(([, name]) => name)
    expect(names.toSorted()).toEqual([...declaredIn(page).keys()].toSorted())
  })

  it('makes the types that the compiler checks: npm run verbs writes them', async () => {
    const types = readFileSync('test/docs/json-page.types.ts', 'utf8')
    expect(types).toBe(await jsonTypes(page, nouns))
  })
})

describe('documents that are not of a verb', () => {
  let work: Workspace
  beforeAll(async () => {
    work = await openWorkspace()
  })
  afterAll(() => work.close())

  it('Version', async () => {
    expect((await work.run(['version', '--json'])).json).toEqual({ version })
  })

  it('ErrorDocument has all keys, and stdout is empty', async () => {
    const { out, err, status } = await work.run(['REPO', 'VIEW', 'a/b/c', '--json'])
    expect([status, out]).toEqual([2, ''])
    const { error } = JSON.parse(err)
    expect(Object.keys(error)).toEqual(['code', 'message', 'hint', 'status', 'request_id'])
  })
})
