import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nouns } from '../../src/commands/index.js'
import { version } from '../../src/version.js'
import { configure } from '../commands/webhook/hook.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'
import { declaredIn, jsonTypes, keysOf, otherDocuments, typeNameOf } from './json-page.js'

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

let work: Workspace
beforeAll(async () => {
  work = await openWorkspace()
  await work.github.addRepository('uDOS/typo', { files: { 'a.txt': 'a\n' } })
  await work.repos({ tools: [{ repo: 'typo' }] })
  await configure(work, {})
  await work.wizard('REPO', 'SYNC')
})
afterAll(() => work.close())

describe("a document's keys", () => {
  it.each([
    ['RepoSync', ['REPO', 'SYNC', '--dry-run'], '.'],
    ['SyncEntry', ['REPO', 'SYNC', '--dry-run'], 'repositories'],
    ['SyncEntry', ['REPO', 'SYNC'], 'repositories'],
    ['SyncEntry', ['REPO', 'PULL', 'typo'], '.'],
    ['RepoStatus', ['REPO', 'STATUS'], '0'],
    ['WebhookStatus', ['WEBHOOK', 'STATUS'], '.'],
  ])('%s has the order of the page in %j', async (name, argv, at) => {
    const { json } = await work.run([...argv, '--json'])
    const document = at === '.' ? json : at === '0' ? json[0] : json[at][0]
    const keys = Object.keys(document)
    expect(keys.length).toBeGreaterThan(5)
    expect(keys).toEqual(keysOf(page, name).filter((key) => keys.includes(key)))
  })
})

describe('documents that are not of a verb', () => {
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
