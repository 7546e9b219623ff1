import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let work: Workspace
beforeAll(async () => {
  work = await openWorkspace()
  await work.github.addRepository('uDOS/typo', { files: { 'a b.txt': 'one\n' } })
  await work.repos({ tools: [{ repo: 'typo' }] })
})
afterAll(() => work.close())

describe('a command', () => {
  const planned = { total: 1, repositories: [{ repo: 'uDOS/typo' }] }

  it.concurrent.each([
    [['REPO', 'PULL-ALL', 'tools', '--dry-run', '--json']],
    [['repo', 'pull_all', 'TOOLS', '--json', '--dry-run']],
    [['Repo', 'Pull', 'All', 'typo', '--dry-run', '--json']],
    [['--json', 'repo', '-q', 'pull-all', '--dry-run']],
    [['repo', 'pull-all', '--dry-run', '--json', '--', 'typo']],
    [['REPO PULL-ALL tools --dry-run --json']],
    [['repo pull all "typo" --dry-run --json']],
    [['[REPO|PULL-ALL*tools*--dry-run*--json]']],
    [['[repo|sync*typo]', '--dry-run', '--json']],
    [['--json', '[repo|sync]', '--dry-run']],
  ])('%j', async (argv) => {
    const { status, json, err } = await work.wizard(...argv)
    expect([status, err]).toEqual([0, ''])
    expect(json).toMatchObject(planned)
  })

  it('keeps quoted words together', async () => {
    expect((await work.wizard("REPO CAT typo 'a b.txt'")).out).toBe('one\n')
  })

  it('after -- all words are targets', async () => {
    const { status, err } = await work.wizard('repo', 'sync', '--', '--dry-run')
    expect(status).toBe(3)
    expect(err).toContain('no repository or group --dry-run')
  })

  it('the longest verb wins', async () => {
    // This is not PULL of a repository named all.
    expect((await work.wizard('repo', 'pull', 'all', '--json')).json).toHaveProperty('repositories')
  })
})

describe('help', () => {
  it.each([
    [['--help'], /^wizard .*\n\nExamples:\n {2}wizard REPO SYNC /],
    [['help'], /^wizard /],
    [[], /^wizard /],
    [['REPO', '--help'], /^wizard REPO: .*\n\nExamples:\n {2}wizard /],
    [['repo'], /^wizard REPO: /],
    [['REPO', 'SYNC', '--help'], /^Examples:\n {2}wizard REPO SYNC/],
    [['help', 'repo', 'sync'], /^Examples:\n {2}wizard REPO SYNC/],
    [['repo', 'pull', 'all', '-h'], /^Examples:\n {2}wizard REPO PULL-ALL/],
  ])('%j: examples first', async (argv, text) => {
    const { status, out, err } = await work.run(argv)
    expect([status, err]).toEqual([0, ''])
    expect(out).toMatch(text)
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
  })

  it('names no verb that is not built', async () => {
    const { out } = await work.wizard('--help')
    const examples = out.matchAll(/^ {2}wizard (\w+) ([\w-]+)/gm)
    for (const [, noun = '', verb = ''] of examples) {
      expect((await work.wizard(noun, verb, '--help')).status).toBe(0)
    }
  })
})
