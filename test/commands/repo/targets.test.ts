import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../../support/workspace.js'

let work: Workspace
const tools = ['one', 'two', 'three', 'four', 'manual']
const at = (repo: string) => `library/tools/${repo}`

beforeAll(async () => {
  work = await openWorkspace()
  for (const repo of tools) {
    await work.github.addRepository(`uDOS/${repo}`, { files: { 'a.txt': 'one\n' } })
  }
  await work.github.addRepository('else/one', { files: { 'a.txt': 'one\n' } })
  await names({})
})
afterAll(() => work.close())

/** `manual` is pulled only on request. */
const names = (more: Record<string, object>) =>
  work.repos({
    tools: tools.map((repo) => ({ repo, auto_pull: repo !== 'manual', ...more[repo] })),
    others: [{ owner: 'else', repo: 'one', ...more.else }],
  })
const run = async (verb: string, ...args: string[]) => {
  const { json, status } = await work.wizard('REPO', verb, '--json', ...args)
  return { ...json, exit: status }
}
const told = ({ repositories }: { repositories: Record<string, string>[] }) =>
  repositories.map(({ repo, status, planned, reason }) =>
    [repo, status ?? planned, reason].filter(Boolean).join(' '),
  )

describe('before anything is here', () => {
  it('PULL-ALL tells the missing as skipped, with a hint', async () => {
    const found = await run('PULL-ALL', 'one', 'two')
    expect(found).toMatchObject({ exit: 0, total: 3, succeeded: 0, failed: 0, skipped: 3 })
    expect(told(found)).toEqual([
      'uDOS/one skipped missing',
      'uDOS/two skipped missing',
      'else/one skipped missing',
    ])
    expect((await work.wizard('REPO', 'PULL-ALL', 'two')).out).toContain('REPO SYNC')
  })

  it('PULL of a missing one is no success', async () => {
    const { status, err, json } = await work.wizard('REPO', 'PULL', 'two', '--json')
    expect(status).toBe(1)
    expect(json).toMatchObject({ status: 'skipped', reason: 'missing' })
    expect(JSON.parse(err).error).toMatchObject({
      code: 'FAILED',
      hint: expect.stringContaining('SYNC'),
    })
  })

  it('SYNC without a target leaves auto_pull: false out; CLONE-ALL does not', async () => {
    const plan = await run('SYNC', '--dry-run')
    expect(told(plan).filter((row) => row.includes('manual'))).toEqual([
      'uDOS/manual skipped no-auto-pull',
    ])
    const found = await run('CLONE-ALL', '--concurrency', '2')
    expect(found).toMatchObject({ exit: 0, total: 6, succeeded: 6 })
    expect(told(found)).toContain('uDOS/manual cloned')
    expect(told(await run('CLONE-ALL', 'manual'))).toEqual(['uDOS/manual unchanged'])
  })
})

describe('targets', () => {
  it.each([
    [['UDOS/One'], ['uDOS/one']],
    [['one'], ['uDOS/one', 'else/one']],
    [['OTHERS'], ['else/one']],
    [
      ['two', 'three', 'two'],
      ['uDOS/two', 'uDOS/three'],
    ],
    [['all'], ['uDOS/one', 'uDOS/two', 'uDOS/three', 'uDOS/four', 'uDOS/manual', 'else/one']],
    [['https://github.com/uDOS/two.git'], ['uDOS/two']],
    [['git@github.com:uDOS/two.git'], ['uDOS/two']],
    [['the-core'], ['uDOS/three']],
  ])('%j', async (targets, repos) => {
    await work.write('config/components.yaml', 'components:\n  the-core: { repo: three }\n')
    const { repositories } = await run('SYNC', '--dry-run', ...targets)
    expect(repositories.map(({ repo }: { repo: string }) => repo)).toEqual(repos)
  })

  it('auto_pull: false is pulled where it is named', async () => {
    const to = await work.github.commit('uDOS/manual', { files: { 'a.txt': 'two\n' } })
    expect(told(await run('PULL-ALL'))).toContain('uDOS/manual skipped no-auto-pull')
    expect((await run('PULL-ALL', 'manual')).repositories).toMatchObject([
      { status: 'updated', to },
    ])
  })
})

describe('--shard', () => {
  it('shares all out, each to one, and counts the others as skipped', async () => {
    const shards = []
    for (const shard of ['1/3', '2/3', '3/3'])
      shards.push(await run('SYNC', '--dry-run', '--shard', shard))
    const listed = shards.flatMap(told).map((row) => row.split(' ')[0])
    expect(listed.sort()).toEqual([...tools.map((repo) => `uDOS/${repo}`), 'else/one'].sort())
    for (const { total, succeeded, failed, skipped, repositories } of shards) {
      expect([total, succeeded + failed + skipped]).toEqual([6, 6])
      const here = repositories.filter(({ planned }: { planned: string }) => planned === 'skipped')
      expect(skipped).toBe(6 - repositories.length + here.length)
    }
  })
})

describe('--due', () => {
  const attempted = async (ago: Record<string, number>) => {
    const state = JSON.parse(await work.read('.wizard/state.json'))
    for (const [repo, milliseconds] of Object.entries(ago)) {
      state.repositories[at(repo)].last_attempt = Date.now() - milliseconds
    }
    await writeFile(work.path('.wizard/state.json'), JSON.stringify(state))
  }
  const hour = 3_600_000

  it('takes those whose schedule fell due since their last attempt', async () => {
    await names({
      one: { pull_schedule: '0 * * * *' },
      two: { pull_schedule: '0 * * * *' },
      three: { pull_schedule: '0 0 1 1 *' },
      else: { pull_schedule: '0 0 1 1 *', destination: '/library/not-here' },
    })
    await attempted({ one: 2 * hour, two: -hour / 60, three: hour })
    const found = told(await run('SYNC', '--due', '--dry-run'))
    expect(found).toEqual([
      'uDOS/one unchanged',
      // Its last attempt is in the future: the clock was set back, so nothing is known.
      'uDOS/two unchanged',
      'uDOS/three skipped not-due',
      'uDOS/four skipped not-due',
      'uDOS/manual skipped no-auto-pull',
      'else/one clone',
    ])
  })

  it('counts an attempt that failed', async () => {
    await names({ one: { pull_schedule: '0 * * * *' } })
    await attempted({ one: 2 * hour })
    await work.git(at('one'), 'switch', '--quiet', '-c', 'topic')
    expect(told(await run('SYNC', 'uDOS/one', '--due'))).toEqual(['uDOS/one blocked other-branch'])
    await work.git(at('one'), 'switch', '--quiet', 'main')
    const again = told(await run('SYNC', 'uDOS/one', '--due'))
    expect(again).toEqual(['uDOS/one skipped not-due'])
  })
})

describe('a folder as target', () => {
  beforeAll(async () => {
    await run('SYNC', 'one', 'two')
    await mkdir(work.path(at('one'), 'src'))
  })

  it.each([
    ['in the clone', at('one'), '.', ['uDOS/one']],
    ['below its top', `${at('one')}/src`, '.', ['uDOS/one']],
    ['elsewhere', '.', `./${at('two')}`, ['uDOS/two']],
    ['taken out', at('one'), '!.', ['else/one', 'uDOS/two']],
  ])('%s is its repository', async (_where, cwd, target, repos) => {
    for (const [verb, ...flags] of [['STATUS'], ['SYNC', '--dry-run']]) {
      const { json } = await work.run(['REPO', verb ?? '', target, '--json', ...flags], {
        cwd: work.path(cwd),
      })
      const list = (json.repositories ?? json) as {
        repo: string
        status?: string
        state?: string
      }[]
      const found = list.map(({ repo }) => repo).filter((repo) => repo !== 'uDOS/manual')
      expect(found.filter((repo) => !/three|four/.test(repo)).sort()).toEqual(repos)
    }
  })

  it('is found where ROOT is reached through a link', async () => {
    await symlink(work.root, work.path('link'))
    const cwd = work.path('link', at('one'))
    const { status, json } = await work.run(
      ['REPO', 'STATUS', '.', '--json', '--root', work.path('link')],
      { cwd },
    )
    expect([status, json[0].repo]).toEqual([0, 'uDOS/one'])
  })

  it('STATUS knows a clone that repos.yaml does not name', async () => {
    await work.git('.', 'clone', '--quiet', at('two'), 'elsewhere')
    await work.git('elsewhere', 'remote', 'set-url', 'origin', `${work.github.gitUrl}/uDOS/two.git`)
    const cwd = work.path('elsewhere')
    const { status, json } = await work.run(['REPO', 'STATUS', '.', '--json'], { cwd })
    expect([status, json[0]]).toEqual([0, expect.objectContaining({ repo: 'uDOS/two', path: cwd })])
    const refused = await work.run(['REPO', 'SYNC', '.'], { cwd })
    expect([refused.status, refused.err]).toEqual([
      3,
      expect.stringContaining(`wizard REPO ADD ${cwd}`),
    ])
  })

  it('PULL without a target pulls the clone around', async () => {
    const pulled = await work.run(['REPO', 'PULL', '--json'], { cwd: work.path(at('one'), 'src') })
    expect([pulled.status, pulled.json.repo]).toEqual([0, 'uDOS/one'])
  })
})
