import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../../support/workspace.js'

let work: Workspace

beforeAll(async () => {
  work = await openWorkspace()
  await work.github.addRepository('uDOS/typo', { files: { 'a b.txt': 'one\n' } })
  await work.repos({ tools: [{ repo: 'typo' }] })
})
afterAll(() => work.close())

/** Runs a file of these lines. */
async function script(text: string, words: string[] = [], env: Record<string, string> = {}) {
  await work.write('nightly.ucode', text)
  return work.run(['SCRIPT', 'nightly.ucode', ...words], { env })
}

describe('SCRIPT', () => {
  it('runs a command a line, on one set of streams', async () => {
    const text = `
# nightly
repo cat typo 'a b.txt'   # with a comment
wizard REPO EXISTS typo
[REPO|CAT*typo*a b.txt]
Repo Cat $WHERE \\
  "a b.txt"
`
    const { status, out, err } = await script(text, [], { WHERE: 'uDOS/typo' })
    expect([status, err]).toEqual([0, ''])
    expect(out).toBe('one\nuDOS/typo\texists\none\none\n')
  })

  it('reads the whole before anything runs', async () => {
    const before = work.github.requests.length
    for (const [line, message] of [
      ['repo snyc', 'unknown verb REPO snyc\nhint: did you mean REPO SYNC?'],
      ['repo sync --deu', 'REPO SYNC has no flag --deu\nhint: did you mean --due?'],
      ['repo clone', 'REPO CLONE needs REPO\nhint: wizard REPO CLONE --help'],
      ['repo cat typo "a b', 'unclosed "'],
      [
        'repo view $NOPE',
        'NOPE is not set\nhint: set it in the environment; for a dollar sign write $$',
      ],
      ['shell', "SHELL can't run inside a script or shell"],
      ['script other.ucode', "SCRIPT can't run inside a script or shell"],
    ]) {
      const { status, out, err } = await script(`repo view typo\n\n${line}\n`)
      expect([status, out, err]).toEqual([2, '', `error: nightly.ucode:3: ${message}\n`])
    }
    expect(work.github.requests.length).toBe(before)
  })

  it('stops at the first failure, with its status and its place', async () => {
    const { status, out, err } = await script(
      "repo cat typo 'a b.txt'\nrepo view nowhere\nrepo cat typo 'a b.txt'\n",
    )
    expect([status, out]).toEqual([3, 'one\n'])
    expect(err).toMatch(
      /^error: uDOS\/nowhere .*\n(?:hint: .*\n)?error: nightly\.ucode:2: repo view nowhere failed with exit status 3\n$/,
    )
  })

  it('with --keep-going runs all, and has the status of the first failure', async () => {
    const { status, out, err } = await script(
      "repo exec typo -- true\nrepo view nowhere\nrepo cat typo none\nrepo cat typo 'a b.txt'\n",
      ['--keep-going'],
    )
    expect([status, out]).toEqual([3, 'one\n'])
    expect(err).toContain(
      'nightly.ucode:2: repo view nowhere failed with exit status 3, and 1 more failed\n',
    )
  })

  it('with --json is an array of what each command did', async () => {
    const { status, json, err } = await script(
      "repo cat typo 'a b.txt'\n\nrepo view nowhere\nrepo view typo\n",
      ['--json', '--keep-going'],
    )
    expect(status).toBe(3)
    expect(json).toMatchObject([
      {
        line: 1,
        command: "repo cat typo 'a b.txt'",
        exit: 0,
        result: { content: 'one\n' },
        error: null,
      },
      { line: 3, exit: 3, result: null, error: { code: 'GITHUB_NOT_FOUND' } },
      { line: 4, exit: 0, result: { full_name: 'uDOS/typo' }, error: null },
    ])
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'GITHUB_NOT_FOUND' } })
  })

  it('with --dry-run shows the commands, without secrets, and runs none', async () => {
    const before = work.github.requests.length
    const text =
      'repo view $OWNER/typo\nAPI POST /x token=$MY_TOKEN secret=typed\n[repo|sync*typo]\n'
    const { status, out } = await script(text, ['--dry-run'], { OWNER: 'uDOS', MY_TOKEN: 'hidden' })
    expect([status, out]).toEqual([
      0,
      'repo view uDOS/typo\nAPI POST /x token=*** secret=***\n[repo|sync*typo]\n',
    ])
    expect(work.github.requests.length).toBe(before)
  })

  it('tells no secret in an error, before it runs and after', async () => {
    const env = { DB_PASSWORD: 'hunter2secret', GITHUB_TOKEN: '0123456789abcdef' }
    for (const line of [
      'repo frob$GITHUB_TOKEN',
      '$DB_PASSWORD',
      'repo sync --x=$DB_PASSWORD',
      'repo exec --concurrency $DB_PASSWORD -- true',
      'help $GITHUB_TOKEN',
      'repo view $DB_PASSWORD',
    ]) {
      const { status, err } = await script(`${line}\n`, [], env)
      expect(status, line).not.toBe(0)
      expect(err).toContain('***')
      expect(err).not.toMatch(/hunter2secret|0123456789abcdef/)
    }
  })

  it('reads version like any other command', async () => {
    const { status, json } = await script('version\n', ['--json'])
    expect([status, json]).toMatchObject([0, [{ command: 'version', exit: 0 }]])
  })

  it('gives its flags to each command, and a command may have its own', async () => {
    const text = 'repo sync typo --dry-run\nrepo sync typo --dry-run --config nowhere\n'
    const { status, out, err } = await script(text, ['--quiet', '--config', work.path('config')])
    expect([status, out]).toEqual([2, ''])
    expect(err).toMatch(/nowhere.*\n(?:hint: .*\n)?error: nightly.ucode:2: /)
  })

  it('is bounded by --timeout as a whole', { tags: ['deep'] }, async () => {
    await work.wizard('repo', 'sync')
    await work.write('slow.ucode', 'repo exec typo -- sleep 20\nrepo exec typo -- sleep 20\n')
    const { status, err } = await work.spawn(['--timeout', '1', 'script', 'slow.ucode'])
    expect([status, err]).toEqual([7, expect.stringContaining('not finished after 1 s')])
  })

  it('reads standard input', async () => {
    const input = "repo cat typo 'a b.txt'"
    expect((await work.run(['script', '-'], { input })).out).toBe('one\n')
  })

  it('is nothing when it is empty', async () => {
    expect(await script('# nothing\n\n')).toMatchObject({ status: 0, out: '', err: '' })
    expect((await script('\n', ['--json'])).json).toEqual([])
  })

  it.each([
    ['nowhere.ucode', "nowhere.ucode can't be read: it does not exist"],
    ['config', "config can't be read: it is a folder"],
  ])('refuses %s', async (file, message) => {
    const { status, err } = await work.wizard('script', file)
    expect([status, err]).toEqual([2, expect.stringContaining(`error: ${message}\n`)])
  })
})
