import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/base/errors.js'
import { nouns } from '../../src/commands/index.js'
import { parseCommand } from '../../src/commands/parse.js'

const [repo] = nouns
if (!repo) throw new Error('no noun')
const verbs = await repo.load()

function parse(name: string, ...argv: string[]) {
  const verb = verbs.find((one) => one.name === name)
  if (!verb || !repo) throw new Error(`no verb ${name}`)
  return parseCommand(repo, verb, argv)
}

describe('parseCommand', () => {
  it('reads flags before and behind targets, and the global ones apart', () => {
    expect(
      parse('sync', '--json', 'core', '--concurrency', '3', 'micro', '-q', '--timeout=1.5'),
    ).toMatchObject({
      args: ['core', 'micro'],
      flags: { concurrency: 3, 'dry-run': false, due: false, shard: undefined },
      globals: { json: true, quiet: true, yes: false, timeout: 1.5, 'no-color': false },
    })
  })

  it('takes what stands behind -- as targets', () => {
    expect(parse('sync', '--', '--json', '-x').args).toEqual(['--json', '-x'])
  })

  it('knows --no-color as a flag of its own', () => {
    expect(parse('sync', '--no-color').globals['no-color']).toBe(true)
  })

  it.each([
    ['sync', ['--dryrun'], 'REPO SYNC has no flag --dryrun', 'did you mean --dry-run?'],
    ['sync', ['-x'], 'REPO SYNC has no flag -x', 'wizard REPO SYNC --help'],
    ['sync', ['--json=yes'], 'REPO SYNC: --json takes no value', 'wizard REPO SYNC --help'],
    [
      'sync',
      ['--concurrency'],
      'REPO SYNC: --concurrency needs a value',
      'wizard REPO SYNC --help',
    ],
    [
      'sync',
      ['--concurrency', '0'],
      'REPO SYNC: --concurrency 0: expected a whole number, 1 to 100',
      'wizard REPO SYNC --help',
    ],
    [
      'sync',
      ['--concurrency', '2.5'],
      'REPO SYNC: --concurrency 2.5: expected a whole number, 1 to 100',
      'wizard REPO SYNC --help',
    ],
    [
      'sync',
      ['--timeout', 'soon'],
      'REPO SYNC: --timeout soon: expected seconds, 0 to 2000000',
      'wizard REPO SYNC --help',
    ],
    [
      'sync',
      ['--timeout', '-1'],
      'REPO SYNC: --timeout -1: expected seconds, 0 to 2000000',
      'wizard REPO SYNC --help',
    ],
    ['list', ['-q', '--limit'], 'REPO LIST: --limit needs a value', 'wizard REPO LIST --help'],
    [
      'sync',
      ['core', '--shard=1/2', '-qx=1'],
      'REPO SYNC has no flag -x=1',
      'wizard REPO SYNC --help',
    ],
    ['sync', ["--it's"], 'REPO SYNC has no flag --it', 'wizard REPO SYNC --help'],
    ['sync', ['--root', ''], 'REPO SYNC: --root : it is empty', 'wizard REPO SYNC --help'],
    [
      'sync',
      ['key=value'],
      'REPO SYNC takes no key=value, but got key=value',
      'wizard REPO SYNC --help',
    ],
    ['clone', [], 'REPO CLONE needs REPO', 'wizard REPO CLONE --help'],
    [
      'clone',
      ['a/b', 'c', 'd'],
      'REPO CLONE takes only REPO DEST, not d',
      'wizard REPO CLONE --help',
    ],
    ['prune', ['x'], 'REPO PRUNE takes no target', 'wizard REPO PRUNE --help'],
    [
      'search',
      ['x', '--sort', 'size'],
      'REPO SEARCH: --sort size: expected stars or forks or help-wanted-issues or updated',
      'wizard REPO SEARCH --help',
    ],
  ])('refuses %s %j', (name, argv, message, hint) => {
    let error: unknown
    try {
      parse(name, ...argv)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(UsageError)
    expect(error).toMatchObject({ message, hint })
  })
})
