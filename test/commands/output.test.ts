import { mkdir, readFile } from 'node:fs/promises'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let work: Workspace
const rename = '\u001b]0;renamed\u0007'
const wipe = '\u001b[2J\u001b[1;1H'
const evil = `${rename}an ${wipe}\u001b[31meditor\u009b2K\u202e\r\n::error::forged`

beforeAll(async () => {
  work = await openWorkspace({ settings: { retry_attempts: 0 } })
  const files = {
    'a.txt': 'one\n',
    [`${rename}x${wipe}`]: 'x\n',
  }
  await work.github.addRepository('uDOS/typo', { files, description: evil, topics: [evil] })
  await work.github.addRepository('uDOS/micro')
  await work.repos({ tools: [{ repo: 'typo' }, { repo: 'micro' }] })
  await work.wizard('REPO', 'SYNC')
})
afterAll(() => work.close())

// biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for these characters
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/

describe('an empty result', () => {
  it.each([
    [['WORKFLOW', 'RUNS', 'typo'], 'no runs found'],
    [['WORKFLOW', 'LIST', 'typo'], 'no workflows found'],
    [['RELEASE', 'LIST', 'typo'], 'no releases found'],
    [['PLUGIN', 'LIST'], 'no plugins found'],
    [['PLUGIN', 'UPDATE'], 'no plugins are installed'],
    [['PLUGIN', 'VERIFY'], 'no plugins are installed'],
    [['REPO', 'SEARCH', 'nothing-like-it'], 'no repositories found'],
  ])('%j says so to a person, and nothing to a script', async (args, words) => {
    const { shown, status } = await work.run(args, { columns: 80 })
    expect([status, stripVTControlCharacters(shown).trim()]).toEqual([0, words])
    expect(await work.run(args)).toMatchObject({ status: 0, out: '' })
  })
})

describe('times and lengths', () => {
  it('are for a person on a terminal, and as GitHub has them elsewhere', async () => {
    await work.github.addRepository('uDOS/runs', {
      files: { '.github/workflows/tests.yml': 'name: Tests\non: push\njobs: {}\n' },
    })
    onTestFinished(() => void work.github.remove('uDOS/runs'))
    const run = await work.github.actions.add('uDOS/runs', { workflow: 'tests.yml' })
    run.createdAt = '2026-01-14T12:00:00Z'
    run.startedAt = run.createdAt
    work.github.actions.finish(run)
    run.updatedAt = '2026-01-14T12:02:03Z'
    const list = await work.wizard('WORKFLOW', 'RUNS', 'runs')
    expect(list.out).toContain('\t123\t2026-01-14T12:00:00Z')
    const onTerminal = await work.run(['WORKFLOW', 'RUNS', 'runs'], { columns: 80 })
    expect(onTerminal.shown).toMatch(/2m 3s +\d+ (?:month|year)s? ago/)
    const target = `runs/${run.id}`
    expect((await work.wizard('WORKFLOW', 'VIEW', target)).out).toContain('2026-01-14T12:00:00Z')
    const viewed = await work.run(['WORKFLOW', 'VIEW', target], { columns: 80 })
    expect(viewed.shown).toMatch(/success.* \d+ (?:month|year)s? ago +2m 3s/)
    const account = await work.run(['AUTH', 'STATUS'], { columns: 200 })
    expect(account.shown).toMatch(/resets in \d+ minutes/)
  })
})

describe('text from elsewhere', () => {
  it.each([
    [['REPO', 'VIEW', 'typo']],
    [['REPO', 'LIST']],
    [['REPO', 'SEARCH', 'typo']],
    [['REPO', 'TREE', 'typo']],
    [['REPO', 'CAT', 'typo', `none${wipe}`]],
    [['REPO', 'VIEW', `none${wipe}`]],
  ])('%j: no control character, and no line of its own', async (args) => {
    const { out, err } = await work.run(args, { env: { GITHUB_ACTIONS: 'true' } })
    expect(out + err).not.toMatch(controls)
    expect(out + err).not.toMatch(/^\s*::error::forged/m)
  })

  it('in the way of a pull is told without them, and so it is logged', async () => {
    await work.github.commit('uDOS/typo', { files: { [`${rename}x${wipe}`]: 'y\n' } })
    await work.write(`library/tools/typo/${rename}x${wipe}`, 'mine\n')
    const { out, err, status } = await work.wizard('REPO', 'SYNC')
    expect(status).toBe(1)
    expect(out + err).toContain('local work is in the way')
    expect(out + err).not.toMatch(controls)
    const [day] = new Date().toISOString().split('T')
    for (const log of ['sync', 'api']) {
      expect(await work.read(`memory/logs/github-${log}-${day}.log`)).not.toMatch(controls)
    }
  })

  it('keeps at most its colours on a terminal', async () => {
    for (const args of [
      ['REPO', 'VIEW', 'typo'],
      ['REPO', 'LIST'],
      ['REPO', 'SYNC'],
    ]) {
      const { shown } = await work.run(args, { columns: 80 })
      for (const sequence of [rename, '\u001b]0', wipe, '\u009b', '\u202e']) {
        expect(shown).not.toContain(sequence)
      }
    }
  })

  it('is whole in JSON', async () => {
    expect((await work.wizard('REPO', 'VIEW', 'typo', '--json')).json.description).toBe(evil)
  })
})

describe('streams', () => {
  const failing = ['REPO', 'VIEW', 'none']
  const csi = '\u001b['

  it('colour goes to a terminal alone, unless FORCE_COLOR says so', async () => {
    expect((await work.run(failing)).err).not.toContain(csi)
    expect((await work.run(failing, { env: { FORCE_COLOR: '1' } })).err).toContain(csi)
    const both = { FORCE_COLOR: '1', NO_COLOR: '1' }
    expect((await work.run(failing, { env: both })).err).not.toContain(csi)
    const told = await work.run([...failing, '--no-color'], { env: { FORCE_COLOR: '1' } })
    expect(told.err).not.toContain(csi)
  })

  it.each<[string, Record<string, string>, string[], boolean]>([
    ['as it is', {}, [], true],
    ['NO_COLOR', { NO_COLOR: '1' }, [], false],
    ['TERM=dumb', { TERM: 'dumb' }, [], false],
    ['--no-color', {}, ['--no-color'], false],
  ])('on a terminal, %s', async (_name, env, flags, coloured) => {
    const { shown, status } = await work.run([...failing, ...flags], { columns: 0, env })
    expect(status).toBe(3)
    expect(shown.includes('\u001b[31m')).toBe(coloured)
  })

  it('a terminal that can not redraw gets plain lines', async () => {
    const run = { columns: 80, env: { TERM: 'dumb' } }
    await mkdir(work.path('dumb'))
    const { shown } = await work.run(['REPO', 'CLONE-ALL', '--root', work.path('dumb')], run)
    expect(shown).toContain('ok uDOS/micro cloned')
    expect(shown).not.toContain(csi)
    expect(shown).not.toMatch(/\d\/2 repositories/)
  })

  it('live lines on a terminal go; a line for each change and one of totals stay', async () => {
    await mkdir(work.path('live'))
    const args = ['REPO', 'CLONE-ALL', '--root', work.path('live')]
    const { shown } = await work.run(args, { columns: 70 })
    expect(shown).toMatch(/\d\/2 repositories/)
    const text = stripVTControlCharacters(shown)
    expect(text).toContain('✅ uDOS/typo cloned (')
    expect(text).toMatch(/2 repositories: 2 cloned in \d[\w. ]*\r?\n$/)
    expect(text).not.toContain('REPOSITORY')
    // Shows the cursor, which the spinner had hidden.
    expect(shown.lastIndexOf('\u001b[?25h')).toBeGreaterThan(shown.lastIndexOf('\u001b[?25l'))
  })

  it('on a terminal a failure is short when it happens, and whole at the end, once', async () => {
    await work.repos({ tools: [{ repo: 'typo' }, { repo: 'nowhere' }, { repo: 'micro' }] })
    const args = ['REPO', 'SYNC', '--root', work.path('live')]
    const { status, shown } = await work.run(args, { columns: 70 })
    await work.repos({ tools: [{ repo: 'typo' }, { repo: 'micro' }] })
    expect(status).toBe(1)
    const lines = stripVTControlCharacters(shown).split(/\r?\n/)
    const end = lines.slice(-4)
    expect(end[0]).toMatch(/❌ uDOS\/nowhere: .*no such repository/)
    expect(end[1]).toMatch(/^ {3}hint: /)
    expect(end[2]).toMatch(/^3 repositories: 2 unchanged, 1 failed in /)
    expect(lines.filter((line) => line.endsWith('❌ uDOS/nowhere failed'))).toHaveLength(1)
    expect(lines.filter((line) => line.includes('no such repository'))).toHaveLength(1)
    expect(shown).not.toContain('error:')
  })

  it('--quiet says nothing on success but the result, and does not hush errors', async () => {
    const list = await work.wizard('REPO', 'LIST', '--quiet')
    expect([list.out.split('\n').length, list.err]).toEqual([3, ''])
    const pull = await work.wizard('REPO', 'PULL', 'micro', '-q')
    expect([pull.status, pull.out, pull.err]).toEqual([0, '', ''])
    const failed = await work.wizard('REPO', 'VIEW', 'none', '-q')
    expect([failed.status, failed.out]).toEqual([3, ''])
    expect(failed.err).toMatch(/^error: /)
    expect((await work.wizard('REPO', 'LIST', '-q', '--json')).json).toHaveLength(2)
  })

  it('--verbose tells requests on stderr, the result stays on stdout', async () => {
    const { out, err } = await work.wizard('REPO', 'VIEW', 'typo', '-v')
    expect(err).toMatch(/^GET \/repos\/uDOS\/typo 200 \d+ ms/m)
    expect(out).toMatch(/^name\ttypo$/m)
  })
})

describe('--json', () => {
  const array = expect.any(Array)
  it.each<[string[], unknown, number]>([
    [['SYNC', '--dry-run'], { total: 2, repositories: array, api_requests: 1 }, 0],
    [['PULL-ALL', 'micro'], { total: 1, succeeded: 1, repositories: array }, 0],
    [['CLONE-ALL'], { total: 2, repositories: array }, 0],
    [['CLONE', 'micro', 'json'], { status: 'cloned', error: null, warnings: [] }, 0],
    [['PULL', 'micro'], { status: 'unchanged' }, 0],
    [['RESET', 'micro', '--yes'], { total: 1, repositories: array }, 0],
    [['PRUNE', '--yes'], [], 0],
    [['STATUS'], array, 0],
    [['LIST'], array, 0],
    [['LIST', '--local'], array, 0],
    [['SEARCH', 'micro'], array, 0],
    [['VIEW', 'micro'], { full_name: 'uDOS/micro' }, 0],
    [['EXISTS', 'micro'], { exists: true }, 0],
    [['CAT', 'micro', 'README.md'], { content: '# micro\n', encoding: 'utf-8' }, 0],
    [['TREE', 'micro'], array, 0],
    [['ADD', 'uDOS/new', '--group', 'json', '--no-check'], { repo: 'uDOS/new' }, 0],
    [['REMOVE', 'uDOS/new'], { repo: 'uDOS/new' }, 0],
  ])('%j is one document on stdout', async (args, shape, status) => {
    const run = await work.wizard('REPO', ...args, '--json')
    expect(run.status).toBe(status)
    if (status === 0) expect(run.err).toBe('')
    else expect(JSON.parse(run.err).error).toMatchObject({ code: 'FAILED' })
    if (Array.isArray(shape) || shape === array) expect(run.json).toEqual(shape)
    else expect(run.json).toMatchObject(shape as object)
    const keys = JSON.stringify(run.json).match(/"([^"]+)":/g) ?? []
    expect(keys.filter((key) => !/^"[a-z_]+":$/.test(key))).toEqual([])
  })

  it('an error is one document on stderr, with what GitHub said', async () => {
    const { out, err, status } = await work.wizard('REPO', 'VIEW', 'none', '--json')
    expect([status, out]).toEqual([3, ''])
    const { error, ...rest } = JSON.parse(err)
    expect(rest).toEqual({})
    expect(error).toMatchObject({ code: 'GITHUB_NOT_FOUND', status: 404 })
    expect(Object.keys(error)).toEqual(expect.arrayContaining(['message', 'hint', 'request_id']))
  })
})

describe('what GitHub refuses', () => {
  it('is exit 9, in its own words', async () => {
    const body = { message: 'Validation Failed', errors: [{ message: 'The search is too long' }] }
    const refusal = work.github.fail({ origin: 'api', path: /search/, status: 422, body })
    const { status, err } = await work.wizard('REPO', 'SEARCH', 'x', '--json')
    refusal.remove()
    expect(status).toBe(9)
    const { code, message } = JSON.parse(err).error
    expect([code, message]).toEqual(['GITHUB', expect.stringContaining('The search is too long')])
  })
})

describe('inside GitHub Actions', () => {
  it('errors are annotations too, and a sync is a table of the summary', async () => {
    const summary = work.path('summary.md')
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary }
    const { status, err } = await work.run(['REPO', 'PULL-ALL'], { env })
    expect(status).toBe(1)
    expect(err).toMatch(/^::error::1 of 2 repositories failed or were blocked$/m)
    const table = (await readFile(summary, 'utf8')).split('\n')
    expect(table[0]).toBe('| REPOSITORY | STATUS | BRANCH | FOLDER | NOTE |')
    expect(table[2]).toMatch(/^\| uDOS\/typo \| blocked \| main \| /)
    expect(table[3]).toMatch(/^\| uDOS\/micro \| unchanged \| main \| /)
  })

  it('a summary that can not be written is a warning', async () => {
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: work.path('no/such/folder') }
    const { status, err } = await work.run(['REPO', 'PULL-ALL', 'micro'], { env })
    expect(status).toBe(0)
    expect(err).toMatch(/^warning: .* can't be /)
  })
})
