import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let work: Workspace

beforeAll(async () => {
  work = await openWorkspace()
  await work.github.addRepository('uDOS/typo', {
    files: { 'a.txt': 'one\n', 'sub/b.txt': 'two\n' },
  })
  await work.repos({
    tools: [{ repo: 'typo' }, { repo: 'micro' }],
    more: [{ owner: 'else', repo: 'typo' }],
  })
  await work.write('plain', 'a file\n')
})
afterAll(() => work.close())

/** The command line, the exit status, and the error's line with its hint. */
const table: [string[], number, string, string?][] = [
  [['sync'], 2, 'unknown noun sync', 'did you mean REPO SYNC?'],
  [['pull-all'], 2, 'unknown noun pull-all', 'did you mean REPO PULL-ALL?'],
  [['pull', 'all'], 2, 'unknown noun pull', 'did you mean REPO PULL-ALL?'],
  [
    ['status'],
    2,
    'unknown noun status',
    'did you mean REPO STATUS or RELEASE STATUS or SCHEDULE STATUS or WEBHOOK STATUS or AUTH STATUS?',
  ],
  [['RPEO', 'SYNC'], 2, 'unknown noun RPEO', 'did you mean REPO?'],
  [['frobnicate'], 2, 'unknown noun frobnicate', 'wizard --help lists the nouns'],
  [['repo', 'snyc'], 2, 'unknown verb REPO snyc', 'did you mean REPO SYNC?'],
  [['webhook', 'retry', '7'], 2, 'unknown verb WEBHOOK retry', 'did you mean WEBHOOK REPLAY?'],
  [['webhook', 'logs', '7'], 2, 'unknown verb WEBHOOK logs', 'did you mean WEBHOOK VIEW?'],
  [['webhook', 'start'], 2, 'unknown verb WEBHOOK start', 'did you mean WEBHOOK SERVE?'],
  [['webhook', 'create'], 2, 'unknown verb WEBHOOK create', 'did you mean WEBHOOK SETUP?'],
  [['repo', 'pul-all'], 2, 'unknown verb REPO pul-all', 'did you mean REPO PULL-ALL?'],
  [['repo', 'frobnicate'], 2, 'unknown verb REPO frobnicate', 'wizard REPO --help lists its verbs'],
  [['repo', '--due', 'sync'], 2, '--due comes before the verb', 'put flags of a verb after it'],
  [['--jsno', 'repo', 'list'], 2, 'unknown flag --jsno before the noun', 'did you mean --json?'],
  [
    ['--dry-run', 'repo', 'sync'],
    2,
    'unknown flag --dry-run before the noun',
    'put flags of a verb after it',
  ],
  [
    ['[REPO|SYNC'],
    2,
    'not a bracket command: [REPO|SYNC',
    "write it as '[NOUN|VERB*target*key=value]'",
  ],
  [['REPO SYNC "tools'], 2, 'unclosed quote: REPO SYNC "tools'],
  [['repo', 'sync', '--dryrun'], 2, 'REPO SYNC has no flag --dryrun', 'did you mean --dry-run?'],
  [['repo', 'sync', '-x'], 2, 'REPO SYNC has no flag -x', 'wizard REPO SYNC --help'],
  [
    ['repo', 'sync', '--json=yes'],
    2,
    'REPO SYNC: --json takes no value',
    'wizard REPO SYNC --help',
  ],
  [
    ['repo', 'sync', '--concurrency'],
    2,
    'REPO SYNC: --concurrency needs a value',
    'wizard REPO SYNC --help',
  ],
  [
    ['repo', 'sync', '--concurrency', '0'],
    2,
    'REPO SYNC: --concurrency 0: expected a whole number, 1 to 100',
  ],
  [
    ['repo', 'sync', '--concurrency', '-3'],
    2,
    'REPO SYNC: --concurrency -3: expected a whole number, 1 to 100',
  ],
  [
    ['repo', 'sync', '--concurrency', 'many'],
    2,
    'REPO SYNC: --concurrency many: expected a whole number, 1 to 100',
  ],
  [
    ['repo', 'sync', '--concurrency', '1e2'],
    2,
    'REPO SYNC: --concurrency 1e2: expected a whole number, 1 to 100',
  ],
  [
    ['repo', 'sync', '--shard', '5/4'],
    2,
    '--shard 5/4 is not I/N with I from 1 to N',
    'for example --shard 1/4',
  ],
  [['repo', 'sync', '--shard', '0/4'], 2, '--shard 0/4 is not I/N with I from 1 to N'],
  [['repo', 'sync', '--shard', 'one'], 2, '--shard one is not I/N with I from 1 to N'],
  [
    ['repo', 'sync', '--timeout', 'soon'],
    2,
    'REPO SYNC: --timeout soon: expected seconds, 0 to 2000000',
  ],
  [
    ['repo', 'sync', '--timeout', '-1'],
    2,
    'REPO SYNC: --timeout -1: expected seconds, 0 to 2000000',
  ],
  [
    ['repo', 'sync', '--lock-wait', 'x'],
    2,
    'REPO SYNC: --lock-wait x: expected seconds, 0 to 2000000',
  ],
  ...['repo status', 'repo sync', 'plugin list', 'doctor', 'log show'].map(
    (command): [string[], number, string, string] => [
      ['--root', 'slip', ...command.split(' ')],
      2,
      'slip, from --root, does not exist',
      'if it is correct: mkdir -p',
    ],
  ),
  [['repo', 'sync', '--root', ''], 2, 'REPO SYNC: --root : it is empty'],
  [['repo', 'sync', '--config'], 2, 'REPO SYNC: --config needs a value'],
  [['repo', 'sync', 'key=value'], 2, 'REPO SYNC takes no key=value, but got key=value'],
  [['repo', 'list', '--limit', '0'], 2, 'REPO LIST: --limit 0: expected a whole number, 1 or more'],
  [
    ['repo', 'list', '--limit', '3.5'],
    2,
    'REPO LIST: --limit 3.5: expected a whole number, 1 or more',
  ],
  [['repo', 'list', 'a', 'b'], 2, 'REPO LIST takes only OWNER, not b'],
  [['repo', 'pull'], 2, 'REPO PULL needs TARGET outside a clone', 'wizard REPO PULL-ALL'],
  [
    ['repo', 'status', './nowhere'],
    3,
    'no repository of repos.yaml is in /',
    'wizard REPO LIST --local',
  ],
  [
    ['repo', 'add', 'typo', '--no-check', '--branch', 'a\nb'],
    2,
    'not a branch, tag or commit id: a b',
  ],
  [['help', 'exit-codes', 'more'], 2, 'HELP takes one topic', 'wizard HELP exit-codes'],
  [
    ['help', 'nonsense'],
    2,
    'unknown noun or topic nonsense',
    'wizard --help lists the nouns; topics: ',
  ],
  [['script', 'a', 'b'], 2, 'SCRIPT takes only FILE, not b', 'wizard SCRIPT --help'],
  [['repo', 'list', '--local', 'uDOS'], 2, 'REPO LIST --local takes no owner'],
  [['repo', 'search'], 2, 'REPO SEARCH needs QUERY', 'wizard REPO SEARCH --help'],
  [
    ['repo', 'search', 'x', '--sort', 'size'],
    2,
    'REPO SEARCH: --sort size: expected stars or forks or help-wanted-issues or updated',
  ],
  [
    ['repo', 'search', 'x', '--limit', '5000'],
    2,
    'REPO SEARCH: --limit 5000: expected a whole number, 1 to 1000',
  ],
  [['repo', 'clone'], 2, 'REPO CLONE needs REPO', 'wizard REPO CLONE --help'],
  [['repo', 'clone', 'a/b', 'c', 'd'], 2, 'REPO CLONE takes only REPO DEST, not d'],
  [
    ['repo', 'clone', 'typo', '--depth', '0'],
    2,
    'REPO CLONE: --depth 0: expected a whole number, 1 or more',
  ],
  [['repo', 'clone', 'typo', '--branch', ''], 2, 'REPO CLONE: --branch : it is empty'],
  [
    ['repo', 'clone', 'https://example.org/uDOS/typo'],
    2,
    /^https:\/\/example\.org\/uDOS\/typo is not on 127/.source,
  ],
  [
    ['repo', 'clone', '../../etc'],
    2,
    'not a repository: ../../etc',
    'write owner/repo, or its address',
  ],
  [['repo', 'clone', 'a/b/c/'], 2, 'not a repository: a/b/c/'],
  [['repo', 'clone', 'uDOS/..'], 2, 'not a repository: uDOS/..'],
  [['repo', 'clone', 'uDOS/none'], 3, 'uDOS/none'],
  [
    ['repo', 'view', 'typo', '--open'],
    2,
    'REPO VIEW has no flag --open',
    'wizard REPO VIEW --help',
  ],
  [['repo', 'sync', '-n'], 2, 'REPO SYNC has no flag -n', 'did you mean --dry-run?'],
  [['repo', 'exists', 'typo', 'x=y'], 2, 'REPO EXISTS takes no key=value, but got x=y'],
  [['log', 'show', '--date', '2026-02-30'], 2, '2026-02-30'],
  [['log', 'show', 'syn'], 2, 'no log syn', 'did you mean sync?'],
  [['config', 'schema', 'repo'], 2, 'no schema repo', 'did you mean repos?'],
  [['config', 'show', 'githb'], 3, 'the configuration has no key githb', 'did you mean github?'],
  [['config', 'show', 'timeout'], 3, 'has no key timeout', 'did you mean github.timeout?'],
  [['versoin'], 2, 'unknown noun versoin', 'did you mean VERSION?'],
  [['config', 'init', '--yes', '--config', 'plain'], 2, 'plain is not a folder'],
  [['repo', 'view'], 2, 'REPO VIEW needs REPO'],
  [['repo', 'view', 'uDOS/none'], 3, 'uDOS/none'],
  [['repo', 'view', 'none'], 3, 'uDOS/none'],
  [['repo', 'view', 'u DOS/x'], 2, 'not a repository: u DOS/x'],
  [['repo', 'exists', 'uDOS/none'], 3, 'uDOS/none was not found'],
  [['repo', 'cat', 'typo'], 2, 'REPO CAT needs PATH'],
  [['repo', 'cat', 'typo', 'none.txt'], 3, 'none.txt'],
  [['repo', 'cat', 'typo', 'a.txt', '--ref', 'none'], 3, 'a.txt'],
  [['repo', 'cat', 'typo', 'sub'], 2, 'sub'],
  [['repo', 'tree', 'typo', '--ref', 'none'], 3, 'none'],
  [['repo', 'tree', 'uDOS/none'], 3, 'uDOS/none'],
  [['repo', 'list', 'nobody-there'], 3, 'nobody-there'],
  [['repo', 'sync', 'tpyo'], 3, 'repos.yaml has no repository or group tpyo', 'did you mean typo?'],
  [['repo', 'status', 'none'], 3, 'repos.yaml has no repository or group none'],
  [
    ['repo', 'status', '--stale', 'soon'],
    2,
    '--stale soon is not a length of time',
    'for example 90m, 24h or 7d',
  ],
  [['repo', 'status', '--stale', '24hours'], 2, '--stale 24hours is not a length of time'],
  [['repo', 'pull'], 2, 'REPO PULL needs TARGET'],
  [['repo', 'pull', 'tools'], 2, 'tools names 2 repositories', 'wizard REPO PULL-ALL tools'],
  [['repo', 'pull', 'typo'], 2, 'typo names 2 repositories'],
  [['repo', 'pull', './none'], 2, 'none does not exist'],
  [['repo', 'pull', 'nowhere'], 3, 'repos.yaml has no repository or group nowhere'],
  [['repo', 'reset'], 2, 'REPO RESET needs TARGET'],
  [['repo', 'reset', '!micro', '--yes'], 2, 'REPO RESET needs TARGET', 'what to reset, or ALL'],
  [['repo', 'reset', 'micro'], 2, 'There is no terminal to ask on', 'give --yes to go ahead'],
  [['repo', 'prune', 'x'], 2, 'REPO PRUNE takes no target'],
  [
    ['repo', 'prune', '--max', 'few'],
    2,
    'REPO PRUNE: --max few: expected a whole number, 0 or more',
  ],
  [['repo', 'add'], 2, 'REPO ADD needs REPO'],
  [['repo', 'add', 'uDOS/new', '/etc'], 2, '/etc is not inside'],
  [['repo', 'add', 'uDOS/new', '..'], 2, '.. is not inside'],
  [['repo', 'add', 'typo'], 8, 'uDOS/typo'],
  [['repo', 'remove', 'none'], 3, 'none'],
  [['repo', 'sync', '--config', 'nowhere'], 2, 'nowhere'],
  [['repo', 'sync', '--config', 'plain'], 2, 'plain'],
]

describe('a bad command line', () => {
  it('is here at least 60 times', () => {
    expect(table.length).toBeGreaterThanOrEqual(60)
  })

  it.concurrent.each(table)('%j → %i', async (argv, status, message, hint) => {
    const { status: was, out, err } = await work.wizard(...argv)
    const [first = '', second, ...more] = err.trimEnd().split('\n')
    expect({ first, was }).toEqual({ first: expect.stringMatching(/^error: \S/), was: status })
    if (message.startsWith('^')) expect(first).toMatch(new RegExp(message.slice(1)))
    else expect(first).toContain(message)
    if (hint !== undefined) expect(second).toContain(`hint: ${hint}`)
    expect(more).toEqual([])
    expect(out).toBe('')
    expect(err).not.toMatch(/\n\s+at |node_modules|undefined|\[object/)
  })

  it.each([
    ['repo', 'view'],
    ['config', 'show'],
    ['log', 'show'],
    ['log', 'show', '--date'],
  ])('%s %s %s is not echoed without end', async (...words) => {
    const long = 'a'.repeat(100_000)
    for (const flags of [[], ['--json']]) {
      const { err } = await work.wizard(...words.filter(Boolean), long, ...flags)
      expect(err).toContain('aaaa')
      expect(err.length).toBeLessThan(1000)
    }
  })

  it.concurrent.each(table.slice(0, 6))(
    '%j with --json is one document on stderr',
    async (argv, status, message) => {
      const run = await work.wizard('--json', ...argv)
      expect(run.status).toBe(status)
      expect(JSON.parse(run.err).error).toMatchObject({
        code: 'USAGE',
        message: expect.stringContaining(message),
      })
      expect(run.out).toBe('')
    },
  )
})
