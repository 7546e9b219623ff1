import { readdir, rename, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Ended } from '../../support/wizard.js'
import { openWorkspace, snapshot, type Workspace } from '../../support/workspace.js'

let work: Workspace
const kept: [repo: string, why: RegExp, work: (repo: string) => Promise<unknown>][] = [
  ['changed', /1 changed file: a\.txt/, (repo) => write(repo, 'a.txt')],
  ['staged', /1 staged change: n\.txt/, (repo) => write(repo, 'n.txt').then(() => add(repo))],
  ['untracked', /1 untracked file or folder: n\.txt/, (repo) => write(repo, 'n.txt')],
  ['ignored', /1 ignored file or folder: n\.log/, (repo) => ignored(repo)],
  ['stashed', /a stash/, (repo) => write(repo, 'a.txt').then(() => git(repo, 'stash'))],
  [
    'branched',
    /refs\/heads\/topic/,
    (repo) => git(repo, 'switch', '-qc', 'topic').then(commit(repo)),
  ],
  [
    'detached',
    /detached HEAD/,
    (repo) => git(repo, 'switch', '--quiet', '--detach').then(commit(repo)),
  ],
  ['of-a-later-git', /repositoryformatversion=2/, (repo) => format(repo)],
  ['ahead', /refs\/heads\/main/, (repo) => commit(repo)()],
]
const names = [...kept.map(([repo]) => repo), 'clean', 'clean-too', 'stays']

const at = (repo: string) => `library/${repo}`
const git = (repo: string, ...args: string[]) => work.git(at(repo), ...args)
const write = (repo: string, file: string) => writeFile(work.path(at(repo), file), 'mine\n')
const format = (repo: string) => git(repo, 'config', 'core.repositoryformatversion', '2')
const add = (repo: string) => git(repo, 'add', '.')
const commit = (repo: string) => () => git(repo, 'commit', '--quiet', '--allow-empty', '-m', 'mine')
const ignored = (repo: string) => write(repo, 'n.log')
const entries = (...repos: string[]) => repos.map((repo) => ({ repo, destination: at(repo) }))
const pruned = ({ json }: Ended) =>
  Object.fromEntries(json.map((one: { repo: string }) => [one.repo.slice(5), one]))

beforeEach(async () => {
  work = await openWorkspace({ settings: { retry_attempts: 0 } })
})
afterEach(() => work.close())

async function clones(...repos: string[]) {
  for (const repo of repos) {
    const files = { 'a.txt': 'one\n', '.gitignore': '*.log\n' }
    await work.github.addRepository(`uDOS/${repo}`, { files })
  }
  await work.repos({ tools: entries(...repos) })
  await work.wizard('REPO', 'SYNC')
  await work.repos({ tools: entries('stays') })
}

describe('REPO PRUNE', () => {
  it('moves what wizard made and nobody names, unless there is local work of any kind', {
    tags: ['deep'],
  }, async () => {
    await clones(...names)
    for (const [repo, , change] of kept) await change(repo)
    await work.git('library', 'clone', '--quiet', work.path(at('clean')), 'own')
    const before = await snapshot(work.path('library'))

    const dry = pruned(await work.wizard('REPO', 'PRUNE', '--dry-run', '--json'))
    expect(dry.clean).toMatchObject({ action: 'listed', trash: null })
    expect(await snapshot(work.path('library'))).toEqual(before)

    const run = await work.wizard('REPO', 'PRUNE', '--yes', '--json')
    expect(run.status).toBe(0)
    const found = pruned(run)
    expect(Object.keys(found).sort()).toEqual(names.filter((repo) => repo !== 'stays').sort())
    for (const [repo, why] of kept) {
      expect(found[repo]).toMatchObject({ action: 'kept', trash: null })
      expect(found[repo].reasons.join('\n')).toMatch(why)
    }
    const after = await snapshot(work.path('library'))
    for (const repo of ['clean', 'clean-too']) {
      const { action, path, trash } = found[repo]
      expect({ action, path }).toEqual({ action: 'trashed', path: work.path(at(repo)) })
      expect(trash.startsWith(work.path('.wizard/trash/'))).toBe(true)
      expect(await snapshot(trash)).toEqual(below(before, repo))
      expect(below(after, repo)).toEqual({})
    }
    for (const repo of ['own', 'stays', ...kept.map(([name]) => name)]) {
      expect(below(after, repo)).toEqual(below(before, repo))
    }
    expect((await work.wizard('REPO', 'PRUNE', '--yes', '--json')).json).toHaveLength(kept.length)
  })

  it('takes more than --max for a mistake', { tags: ['deep'] }, async () => {
    await clones('clean', 'clean-too')
    const { status, err } = await work.wizard('REPO', 'PRUNE', '--yes', '--max', '1')
    expect(status).toBe(8)
    expect(err).toMatch(/^error: 2 clones would be moved, more than --max 1\nhint: /)
    expect(await readdir(work.path('library'))).toEqual(['clean', 'clean-too'])
    expect((await work.wizard('REPO', 'PRUNE', '--yes', '--max', '2')).status).toBe(0)
    expect(await readdir(work.path('library'))).toEqual([])
  })

  it('asks: where there is nobody, exit 2 and nothing done; on a terminal, by the answer', {
    tags: ['deep'],
  }, async () => {
    await clones('clean')
    const { status, err, out } = await work.wizard('REPO', 'PRUNE')
    expect([status, out]).toEqual([2, ''])
    expect(err).toMatch(/clean.*There is no terminal to ask on\nhint: give --yes to go ahead\n$/)
    expect((await work.run(['REPO', 'PRUNE'], { columns: 80, answer: 'n' })).status).toBe(0)
    expect(await readdir(work.path('library'))).toEqual(['clean'])
    expect((await work.run(['REPO', 'PRUNE'], { columns: 80, answer: 'y' })).status).toBe(0)
    expect(await readdir(work.path('library'))).toEqual([])
  })

  it('moves nothing where a listing failed, nor what a listing leaves out though it is named', {
    tags: ['deep'],
  }, async () => {
    await clones('one', 'two')
    await work.github.addRepository('ollama/model')
    await work.repos({ all: [{ from: 'uDOS' }, { from: 'ollama' }], tools: entries('one') })
    await work.wizard('REPO', 'SYNC')
    await work.github.remove('ollama/model')
    const all = await snapshot(work.path('library'))

    const failure = work.github.fail({ origin: 'api', path: /uDOS\/repos/, status: 500 })
    const broken = await work.wizard('REPO', 'PRUNE', '--yes', '--json')
    expect(broken.status).toBe(6)
    expect(pruned(broken).two).toMatchObject({ action: 'kept' })
    expect(await snapshot(work.path('library'))).toEqual(all)
    failure.remove()

    const found = (await work.wizard('REPO', 'PRUNE', '--yes', '--json')).json
    const model = found.find(({ repo }: { repo: string }) => repo === 'ollama/model')
    expect(model).toMatchObject({ action: 'kept' })
    expect(model.reasons).toEqual([expect.stringContaining('from: ollama')])
    expect(await readdir(work.path('library/all'))).toEqual(['model', 'two'])
  })

  it('leaves alone a clone of the user’s own, though it was kept in step', async () => {
    await work.github.addRepository('uDOS/own')
    await work.git('', 'clone', '--quiet', `${work.github.gitUrl}/uDOS/own`, work.path(at('own')))
    await work.repos({ tools: entries('own') })
    const { json } = await work.wizard('REPO', 'SYNC', '--json')
    expect(json.repositories).toMatchObject([{ status: 'unchanged' }])
    await work.repos({})
    expect((await work.wizard('REPO', 'PRUNE', '--yes', '--json')).json).toEqual([])
    expect(await readdir(work.path('library'))).toEqual(['own'])
  })

  it('moves nothing where it is no longer known what wizard made', async () => {
    await clones('clean')
    await work.write('.wizard/state.json', '{"version":1,"repositories":{"library/cl')
    const { status, out, err } = await work.wizard('REPO', 'PRUNE', '--yes')
    expect([status, out]).toEqual([0, 'Nothing to prune.\n'])
    expect(err).toMatch(/^warning: .*state\.json is damaged/)
    expect(await readdir(work.path('library'))).toEqual(['clean'])
  })

  it('leaves alone what stands in the place of a clone that it made', {
    tags: ['deep'],
  }, async () => {
    await clones('clean')
    await rename(work.path(at('clean')), work.path('library/elsewhere'))
    await work.git('library', 'init', '--quiet', 'clean')
    const { json } = await work.wizard('REPO', 'PRUNE', '--yes', '--json')
    expect(json).toMatchObject([{ action: 'kept' }])
    expect(await readdir(work.path('library'))).toEqual(['clean', 'elsewhere'])
  })
})

const below = (all: Record<string, string>, repo: string) =>
  Object.fromEntries(
    Object.entries(all)
      .filter(([path]) => path.startsWith(`${repo}/`))
      .map(([path, what]) => [path.slice(repo.length + 1), what]),
  )
