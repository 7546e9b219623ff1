import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let work: Workspace
beforeAll(async () => {
  work = await openWorkspace()
  await work.github.addRepository('uDOS/typo', { files: { 'a b.txt': 'one\n' } })
  await work.repos({ tools: [{ repo: 'typo' }] })
})
afterAll(() => work.close())

interface HelpDocument {
  nouns: {
    name: string
    summary: string
    verbs: { name: string; examples: { command: string }[] }[]
  }[]
}

async function helpOf(...words: string[]): Promise<HelpDocument> {
  const { status, json } = await work.run(['help', ...words, '--json'])
  expect(status).toBe(0)
  return json as HelpDocument
}

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
    [['--help'], /^Keep many .*\n\n {2}REPO {8}clone/],
    [['help'], /^Keep many /],
    [['REPO', '--help'], /^wizard REPO: .*\n\nExamples:\n {2}wizard /],
    [['repo'], /^wizard REPO: /],
    [['REPO', 'SYNC', '--help'], /^Examples:\n {2}wizard REPO SYNC/],
    [['help', 'repo', 'sync'], /^Examples:\n {2}wizard REPO SYNC/],
    [['repo', 'pull', 'all', '-h'], /^Examples:\n {2}wizard REPO PULL-ALL/],
    [['help', 'exit-codes'], /^exit-codes: .*\n\nEvery command/],
    [['HELP', 'Exit_Codes'], /^exit-codes: /],
  ])('%j', async (argv, text) => {
    const { status, out, err } = await work.run(argv)
    expect([status, err]).toEqual([0, ''])
    expect(out).toMatch(text)
  })

  it('fits a screen: 24 lines for everything, and 80 columns everywhere', async () => {
    const all = await work.wizard('--help')
    expect(all.out.trimEnd().split('\n').length).toBeLessThanOrEqual(24)
    const document = await helpOf()
    const titles = document.nouns.flatMap(({ name, verbs }) => [
      [name],
      ...verbs.filter((verb) => verb.name !== '').map((verb) => [name, verb.name]),
    ])
    const topics = ['exit-codes', 'environment', 'configuration', 'security', 'scripts']
    for (const words of [[], ...titles, ...topics.map((topic) => [topic])]) {
      const { status, out } = await work.run(['help', ...words])
      expect([words, status]).toEqual([words, 0])
      for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    }
  })

  it('is data with --json', async () => {
    const { nouns } = await helpOf()
    const repo = nouns.find(({ name }) => name === 'REPO')
    expect(repo?.summary).toContain('many repositories')
    const clone = repo?.verbs.find(({ name }) => name === 'CLONE')
    expect(clone).toMatchObject({
      args: [
        { name: 'repo', optional: false },
        { name: 'dest', optional: true },
      ],
      flags: expect.arrayContaining([
        {
          name: '--depth',
          short: null,
          type: 'integer',
          value: 'N',
          choices: null,
          summary: expect.any(String),
        },
      ]),
      examples: expect.arrayContaining([
        expect.objectContaining({ command: expect.stringMatching(/^wizard REPO CLONE/) }),
      ]),
    })
    expect((await helpOf('repo', 'sync')).nouns).toMatchObject([
      { name: 'REPO', verbs: [{ name: 'SYNC' }] },
    ])
  })

  it('of the version is data, too', async () => {
    for (const argv of [['version'], ['--version'], ['-V']]) {
      expect((await work.run([...argv, '--json'])).json).toEqual({ version: expect.any(String) })
      expect((await work.run(['--json', ...argv])).json).toEqual({ version: expect.any(String) })
    }
  })

  it('of an unknown topic names the nearest one', async () => {
    const { status, err } = await work.run(['help', 'exit-code'])
    expect([status, err]).toEqual([
      2,
      'error: unknown topic exit-code\nhint: did you mean HELP exit-codes?\n',
    ])
    expect((await work.run(['help', 'nope'])).err).toBe(
      'error: unknown noun or topic nope\nhint: wizard --help lists the nouns; topics: exit-codes, environment, configuration, security, scripts\n',
    )
    expect((await work.run(['help', 'snyc'])).err).toMatch(
      /^error: unknown noun snyc\nhint: .*REPO SYNC/,
    )
  })

  it('names only verbs that there are', async () => {
    for (const { verbs } of (await helpOf()).nouns) {
      for (const { examples } of verbs) {
        for (const { command } of examples) {
          const [, words = ''] = /wizard ((?:[A-Z][\w-]*)(?: [A-Z][A-Z-]+)?)/.exec(command) ?? []
          if (words !== '')
            expect([command, (await work.run(['help', ...words.split(' ')])).status]).toEqual([
              command,
              0,
            ])
        }
      }
    }
  })
})

describe('wizard alone', () => {
  it('names what to type next', async () => {
    const { status, out } = await work.wizard()
    expect(status).toBe(0)
    expect(out).toMatch(/^1 repository entry in .*:\n\n {2}wizard REPO SYNC /)
    expect(out).toMatch(/wizard --help /)
  })

  it('without a configuration, and with a wrong one', async () => {
    const empty = await work.run([], {
      env: { WIZARD_CONFIG: '' },
      cwd: mkdtempSync(join(tmpdir(), 'wizard-help-')),
    })
    expect(empty.out).toMatch(/^No configuration yet.*\n\n {2}wizard CONFIG INIT /)
    const dir = mkdtempSync(join(tmpdir(), 'wizard-help-'))
    writeFileSync(join(dir, 'repos.yaml'), 'repos: [1\n')
    const wrong = await work.run(['--config', dir])
    expect([wrong.status, wrong.out]).toEqual([
      0,
      expect.stringMatching(/^The configuration has a mistake/),
    ])
  })
})
