import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/base/errors.js'
import { readCommand, ucode } from '../../src/commands/grammar.js'
import { nouns } from '../../src/commands/index.js'

const read = async (line: string[]) => {
  const command = await readCommand(nouns, line)
  if (command.kind !== 'run') return command.kind
  return [command.noun.name, command.verb.name, ...command.argv].join(' ')
}

describe('readCommand', () => {
  it.each([
    [['REPO', 'PULL-ALL'], 'repo pull-all'],
    [['repo', 'pull_all'], 'repo pull-all'],
    [['Repo', 'Pull', 'All'], 'repo pull-all'],
    [['repo', 'clone', 'all', 'typo'], 'repo clone-all typo'],
    [['repo', 'pull', '--', 'all'], 'repo pull -- all'],
    [['REPO', 'SYNC', 'core', 'micro'], 'repo sync core micro'],
    [['--json', 'REPO', 'STATUS'], 'repo status --json'],
    [['REPO', '--json', '-q', 'STATUS'], 'repo status --json -q'],
    [['--config', 'my dir', 'REPO', 'LIST', '--limit', '3'], 'repo list --config my dir --limit 3'],
    [['--config=x', '-qy', 'repo', 'list'], 'repo list --config=x -qy'],
    [['REPO SYNC core'], 'repo sync core'],
    [['Repo', 'Pull All'], 'repo pull-all'],
    [['[REPO|SYNC*core*micro]'], 'repo sync core micro'],
    [['--json', '[repo|pull_all]'], 'repo pull-all --json'],
    [['REPO SEARCH "offline first"', '--limit', '2'], 'repo search offline first --limit 2'],
    [['repo', 'search', 'two words'], 'repo search two words'],
    [['--version'], 'version'],
    [['REPO', '--version'], 'version'],
    [['-V'], 'version'],
    [['-v'], 'version'],
    [['version'], 'version'],
    [['-v', 'repo', 'status'], 'repo status -v'],
    [[], 'greeting'],
    [['help'], 'help'],
    [['--help'], 'help'],
    [['REPO'], 'help'],
    [['help', 'repo', 'sync'], 'help'],
    [['repo', 'help'], 'help'],
    [['repo', 'help', 'sync'], 'help'],
    [['repo', 'sync', 'x', '-h'], 'help'],
    [['repo', 'sync', '--', '--help'], 'repo sync -- --help'],
  ])('%j', async (argv, expected) => {
    expect(await read(argv)).toBe(expected)
  })

  it.each<[string[], string, string | RegExp | undefined]>([
    [['sync'], 'unknown noun sync', 'did you mean REPO SYNC?'],
    [['run', 'core/tests'], 'unknown noun run', 'did you mean WORKFLOW RUN or TEST RUN?'],
    [['pull', 'all'], 'unknown noun pull', 'did you mean REPO PULL-ALL?'],
    [
      ['stauts'],
      'unknown noun stauts',
      'did you mean REPO STATUS or RELEASE STATUS or SCHEDULE STATUS or WEBHOOK STATUS or AUTH STATUS?',
    ],
    [['reop', 'sync'], 'unknown noun reop', 'did you mean REPO?'],
    [['xyzzy'], 'unknown noun xyzzy', 'wizard --help lists the nouns'],
    [['repo', 'snyc'], 'unknown verb REPO snyc', 'did you mean REPO SYNC?'],
    [['repo', 'xyzzy'], 'unknown verb REPO xyzzy', 'wizard REPO --help lists its verbs'],
    [
      ['repo', '--dry-run', 'sync'],
      '--dry-run comes before the verb',
      'put flags of a verb after it',
    ],
    // Never what throws something away, or skips a question.
    [['repo', 'delete', 'typo'], 'unknown verb REPO delete', 'did you mean REPO REMOVE?'],
    [['repo', 'rset'], 'unknown verb REPO rset', 'wizard REPO --help lists its verbs'],
    [['repo', 'remov'], 'unknown verb REPO remov', 'wizard REPO --help lists its verbs'],
    [['release', 'delet'], 'unknown verb RELEASE delet', 'wizard RELEASE --help lists its verbs'],
    [['--yse', 'repo'], 'unknown flag --yse before the noun', 'put flags of a verb after it'],
    // What other tools call it.
    [['plugin', 'uninstall', 'x'], 'unknown verb PLUGIN uninstall', 'did you mean PLUGIN REMOVE?'],
    [['plugin', 'info', 'x'], 'unknown verb PLUGIN info', 'did you mean PLUGIN VIEW?'],
    [['plugin', 'LS'], 'unknown verb PLUGIN LS', 'did you mean PLUGIN LIST?'],
    [['config', 'get'], 'unknown verb CONFIG get', 'did you mean CONFIG SHOW?'],
    [['release', 'new'], 'unknown verb RELEASE new', 'did you mean RELEASE CREATE?'],
    [['repo', 'create'], 'unknown verb REPO create', 'did you mean REPO ADD?'],
    [['repo-status'], 'unknown noun repo-status', 'did you mean REPO STATUS?'],
    [['REPO_STATUS'], 'unknown noun REPO_STATUS', 'did you mean REPO STATUS?'],
    [['plugins', 'list'], 'unknown noun plugins', 'did you mean PLUGIN?'],
    [['clone', 'x/y'], 'unknown noun clone', 'did you mean REPO CLONE?'],
    [['uninstall', 'x'], 'unknown noun uninstall', /PLUGIN REMOVE/],
    [['login'], 'unknown noun login', /gh auth login/],
    [['auth', 'login'], 'unknown verb AUTH login', /gh auth login/],
    [[''], "unknown noun '' (it is empty)", 'wizard --help lists the nouns'],
    [['x'.repeat(1e5)], `unknown noun ${'x'.repeat(59)}…`, 'wizard --help lists the nouns'],
    [['--config'], '--config needs a value', undefined],
    [['--jsno', 'repo'], 'unknown flag --jsno before the noun', 'did you mean --json?'],
    [
      ['[REPO|SYNC'],
      'not a bracket command: [REPO|SYNC',
      "write it as '[NOUN|VERB*target*key=value]'",
    ],
    [['REPO SYNC "core'], 'unclosed quote: REPO SYNC "core', undefined],
  ])('refuses %j', async (argv, message, hint) => {
    const error = await readCommand(nouns, argv).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UsageError)
    const expected = hint instanceof RegExp ? expect.stringMatching(hint) : hint
    expect(error).toMatchObject({ message, hint: expected })
  })
})

describe('ucode', () => {
  it.each([
    [
      "WORKFLOW RUN core/tests name='two words'",
      ['WORKFLOW', 'RUN', 'core/tests', 'name=two words'],
    ],
    ['[WORKFLOW|RUN*core/tests]', ['WORKFLOW', 'RUN', 'core/tests']],
    ['[REPO|SEARCH*two words*--limit*3]', ['REPO', 'SEARCH', 'two words', '--limit', '3']],
    ['[REPO]', ['REPO']],
  ])('%s', (line, words) => {
    expect(ucode(line)).toEqual(words)
  })
})
