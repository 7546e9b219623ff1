import { mkdir } from 'node:fs/promises'
import { gitText } from 'local-github'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { GitHubClient } from '../../../src/github/client.js'
import { ReleaseManager } from '../../../src/releases/manager.js'
import { addHistory } from '../../git/support/histories.js'
import { temporaryFolder } from '../../git/support/real-git.js'
import { testHost } from '../../support/host.js'
import { openWorkspace, type Workspace } from '../../support/workspace.js'

let work: Workspace
const name = 'uDOS/engine'
const mona = { name: 'Mona', email: '7+monalisa@users.noreply.github.com' }
const eve = { name: 'Eve', email: 'eve@corp.example' }

interface Made {
  message: string
  path?: string
  author?: { name: string; email: string }
}

let made = 0
const commit = ({ message, path = 'core/main.txt', author = mona }: Made, parent?: string) =>
  work.github.commit(name, {
    message,
    author,
    files: { [path]: `${made++}\n` },
    ...(parent === undefined ? {} : { parent }),
  })

beforeAll(async () => {
  work = await openWorkspace()
  const { github } = work
  github.addUser('evelyn', eve.email)
  await github.addRepository(name, { files: { 'core/main.txt': 'one\n', 'web/a.txt': 'a\n' } })
  await github.tag(name, 'core-v1.0.0', { annotated: true })
  await github.tag(name, 'web-v9.0.0')
  await commit({ message: 'feat(api): add *stars* (#3)' })
  await github.tag(name, 'core-v1.1.0-rc.1')
  await commit({
    message: 'fix: no <script> in @angular/core, thanks @octocat, see #4',
    author: eve,
  })
  await commit({ message: 'feat(web)!: not of the component', path: 'web/a.txt' })
  await commit({
    message:
      'perf!: count once\n\nBREAKING CHANGE: counts\nare numbers now\n\nSigned-off-by: M <m@corp.example>',
  })
  await commit({
    message:
      'Tidy up\n\nCo-authored-by: Eve <eve@corp.example>\nCo-authored-by: Zoe *Q* <zoe@corp.example>',
  })
  await github.tag(name, 'core-v1.1.0')
  await commit({ message: 'fix: after it, mail root@corp.example' })
  const core = { repo: 'engine', path: 'core', tag: 'core-v{version}' }
  await work.write('config/components.yaml', stringify({ components: { core } }))
})
afterAll(() => work.close())

const notes = (...args: string[]) => work.wizard('RELEASE', 'NOTES', ...args)

/** The notes of 1.1.0, from either source. */
async function expected() {
  const page = `${work.github.gitUrl}/${name}`
  const link = async (back: number) => {
    const oid = await work.github.oid(name, `core-v1.1.0~${back}`)
    return `[${oid.slice(0, 7)}](${page}/commit/${oid})`
  }
  return [
    '## Breaking changes',
    '',
    `- count once (${await link(1)}) by @monalisa`,
    '  - counts are numbers now',
    '',
    '## Features',
    '',
    `- **api:** add \\*stars\\* ([#3](${page}/pull/3), ${await link(4)}) by @monalisa`,
    '',
    '## Fixes',
    '',
    `- no \\<script\\> in \`@angular/core\`, thanks \`@octocat\`, see [#4](${page}/issues/4) (${await link(3)}) by @evelyn`,
    '',
    '## Others',
    '',
    `- Tidy up (${await link(0)}) by @monalisa, @evelyn, Zoe \\*Q\\*`,
    '',
    '## New contributors',
    '',
    `- @monalisa made their first contribution in [#3](${page}/pull/3)`,
    `- @evelyn made their first contribution in ${await link(3)}`,
    `- Zoe \\*Q\\* made their first contribution in ${await link(0)}`,
    '',
    `**Full changelog**: ${page}/compare/core-v1.0.0...core-v1.1.0`,
    '',
  ].join('\n')
}

/** A clone made by git, outside of repos.yaml. */
async function gitClone(folder: string, ...flags: string[]): Promise<void> {
  const { bare } = work.github.world.require(name)
  await gitText(['clone', '--quiet', ...flags, `file://${bare}`, work.path(folder)])
  await work.git(folder, 'remote', 'set-url', 'origin', `${work.github.gitUrl}/${name}.git`)
}

/** Runs in a folder below the root, and returns the paths of the requests to GitHub. */
async function notesIn(folder: string, ...args: string[]) {
  const sent = work.github.requests.length
  const cwd = work.path(folder)
  const { out, err, status } = await work.run(['RELEASE', 'NOTES', ...args], { cwd })
  const asked = work.github.requests.slice(sent).map(({ path }) => path.replace(/\?.*/, ''))
  return { out, err, status, asked }
}

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)

describe('RELEASE NOTES', () => {
  it('asks GitHub where there is no clone', { tags: ['deep'] }, async () => {
    const { out, err, status } = await notes('core@1.1.0')
    expect([status, err]).toEqual([0, ''])
    expect(out).toBe(await expected())
  })

  it('reads the clone that a from: entry of repos.yaml leads to, and says the same', async () => {
    await work.repos({ all: [{ from: 'uDOS', match: ['eng*'], destination: 'all/{repo}' }] })
    expect((await work.wizard('REPO', 'CLONE', name, 'all/engine')).status).toBe(0)
    const { out, err, status, asked } = await notesIn('.', 'core@core-v1.1.0')
    expect([status, err]).toEqual([0, ''])
    expect(out).toBe(await expected())
    expect(asked).toEqual([`/repos/${name}/tags`, '/graphql'])
  })

  it('reads the work tree around it, a linked one too, or --source', async () => {
    await gitClone('mine')
    await work.git('mine', 'worktree', 'add', '--quiet', '--detach', '../linked')
    const whole = await expected()
    for (const folder of ['mine/core', 'linked/core']) {
      const { out, asked } = await notesIn(folder, 'core@1.1.0')
      expect([out, asked]).toEqual([whole, [`/repos/${name}/tags`, '/graphql']])
    }
    const named = await notesIn('config', 'core@1.1.0', '--source', '../linked/web')
    expect([named.out, named.asked]).toEqual([whole, [`/repos/${name}/tags`, '/graphql']])
  })

  it('--json is content and encoding', async () => {
    const { json } = await notes('core@1.1.0', '--json')
    expect(json).toEqual({ content: await expected(), encoding: 'utf-8' })
  })

  it('asks nobody, and needs no token, where all are known or none can be', async () => {
    const since = ['--previous', 'core-v1.0.0']
    const here = ['-R', name, '@core-v1.1.0-rc.1', '--source', '.', ...since]
    const { out, asked } = await notesIn('mine', ...here)
    expect(out).toContain('by @monalisa')
    expect(asked).toEqual([])
    const github = { base_url: work.github.apiUrl, git_url: work.github.gitUrl }
    await mkdir(work.path('bare/config'), { recursive: true })
    await work.write('bare/config/github.yaml', stringify({ github }))
    const sent = work.github.requests.length
    const none = await work.run(
      ['RELEASE', 'NOTES', `${name}@core-v1.1.0`, '--source', work.path('mine'), ...since],
      { cwd: work.path('bare') },
    )
    expect([none.status, none.err]).toEqual([0, ''])
    expect(none.out).toContain(' by Eve\n')
    expect(work.github.requests.length).toBe(sent)
  })

  it('without a tag tells what is not released yet, up to HEAD', async () => {
    const { out, err } = await notesIn('mine', 'core')
    expect(err).toBe('')
    expect(out).toContain('- after it, mail (address hidden) (')
    expect(out).not.toContain('stars')
    const page = `${work.github.gitUrl}/${name}`
    expect(lastLine(out)).toBe(
      `**Full changelog**: ${page}/compare/core-v1.1.0...${await work.github.oid(name)}`,
    )
    await work.repos({})
    const remote = await notes('core')
    expect(remote.out).toBe(out)
  })

  it('a stable version skips pre-releases; a pre-release does not', async () => {
    const { out } = await notes('core@1.1.0-rc.1')
    expect(lastLine(out)).toMatch(/compare\/core-v1\.0\.0\.\.\.core-v1\.1\.0-rc\.1$/)
    const named = await notes('core@1.1.0', '--previous', '1.1.0-rc.1')
    expect(lastLine(named.out)).toMatch(/compare\/core-v1\.1\.0-rc\.1\.\.\.core-v1\.1\.0$/)
    expect(named.out).not.toContain('stars')
    expect(named.out).toContain('- @evelyn made their first contribution')
    expect(named.out).not.toContain('- @monalisa made')
  })

  it('the first release tells all, and links to its commits', async () => {
    for (const folder of ['mine', '.']) {
      const { out } = await notesIn(folder, 'core@1.0.0')
      expect(out).toMatch(/^## Others\n\n- Begin \(/)
      expect(lastLine(out)).toMatch(/\/commits\/core-v1\.0\.0$/)
    }
  })

  it('outside components the versions of the tag count', async () => {
    const { out } = await notes(`${name}@web-v9.0.0`)
    expect(lastLine(out)).toMatch(/\/commits\/web-v9\.0\.0$/)
  })

  it('a tag that is not there is exit 3, with what there is', async () => {
    for (const [folder, ...args] of [
      ['.', 'core@core-v9'],
      ['mine', 'core@core-v9'],
      ['.', 'core', '--previous', 'core-v9'],
      ['mine', 'core@9.9.9', '--previous', 'core-v9'],
    ] as const) {
      const { status, err, out } = await notesIn(folder, ...args)
      expect([status, out]).toEqual([3, ''])
      expect(err).toContain('error: core has no tag core-v9\n')
      expect(err).toContain('hint: available: core-v1.1.0, core-v1.1.0-rc.1, core-v1.0.0\n')
    }
  })

  it('of a version whose tag is to come go to HEAD, and the link to the tag', async () => {
    const page = `${work.github.gitUrl}/${name}`
    const link = `**Full changelog**: ${page}/compare/core-v1.1.0...core-v1.2.0`
    const warning = /^warning: core-v1\.2\.0 does not exist yet: its notes end at [0-9a-f]{7}\n$/
    await work.git('mine', 'checkout', '--quiet', '-b', 'local-only')
    await work.git('mine', 'commit', '--quiet', '--allow-empty', '-m', 'feat: not pushed')
    await work.write('mine/core/here.txt', 'here')
    await work.git('mine', 'add', '.')
    await work.git('mine', 'commit', '--quiet', '-m', 'feat: only here')
    for (const more of [[], ['--previous', '1.1.0']]) {
      const { status, out, err } = await notesIn('mine', 'core@1.2.0', ...more)
      expect([status, lastLine(out), err]).toEqual([0, link, expect.stringMatching(warning)])
      expect(out).toMatch(/- only here .*[\s\S]*- after it, mail/)
    }
    await work.git('mine', 'checkout', '--quiet', 'main')
    const { out, err } = await notes('core@core-v1.2.0')
    expect([lastLine(out), err]).toEqual([link, expect.stringMatching(warning)])
    expect(out).toContain('- after it, mail')
    expect(out).not.toContain('only here')
    const generated = await notes('core@1.2.0', '--github')
    expect(lastLine(generated.out)).toMatch(/compare\/core-v1\.1\.0\.\.\.core-v1\.2\.0$/)
  })

  it('without a tag have the page of the version that version_file names next', async () => {
    const file = 'core/version.json'
    const core = { repo: 'engine', path: 'core', tag: 'core-v{version}', version_file: file }
    await work.write('config/components.yaml', stringify({ components: { core } }))
    await commit({ message: 'chore: 1.2.0', path: file })
    for (const [text, end] of [
      ['{"version":"1.2.0"}', 'core-v1.2.0'],
      ['{"version":"1.1.0"}', '[0-9a-f]{40}'],
      ['no version', '[0-9a-f]{40}'],
    ] as const) {
      await work.github.commit(name, { files: { [file]: text }, message: 'chore: version' })
      await work.git('mine', 'pull', '--quiet')
      for (const folder of ['mine', '.']) {
        const { status, out, err } = await notesIn(folder, 'core')
        expect([status, err]).toEqual([0, ''])
        expect(lastLine(out)).toMatch(new RegExp(`compare/core-v1\\.1\\.0\\.\\.\\.${end}$`))
      }
    }
  })

  it('in the library too, before the tag is made', async () => {
    const { apiUrl: baseUrl, gitUrl, token } = work.github
    const host = testHost(work.root)
    await using client = new GitHubClient({ baseUrl, gitUrl, token, host })
    const manager = new ReleaseManager(client, { config: work.path('config') })
    const [owner, repo] = ['uDOS', 'engine']
    const text = await manager.generateReleaseNotes(owner, repo, 'core-v1.2.0', 'core-v1.1.0')
    expect(lastLine(text)).toMatch(/compare\/core-v1\.1\.0\.\.\.core-v1\.2\.0$/)
    await expect(manager.generateReleaseNotes(owner, repo, 'nope', 'core-v1.1.0')).rejects.toThrow(
      'uDOS/engine has no tag nope',
    )
  })

  it('a tag of no version needs --previous', async () => {
    await work.github.tag(name, 'nightly')
    const { status, err } = await notes(`${name}@nightly`)
    expect([status, err]).toEqual([2, expect.stringMatching(/--previous TAG/)])
    const named = await notes(`${name}@nightly`, '--previous', 'core-v1.1.0')
    expect(lastLine(named.out)).toMatch(/compare\/core-v1\.1\.0\.\.\.nightly$/)
  })

  it('a tag that is another here than on GitHub counts as GitHub has it', async () => {
    await gitClone('stale')
    await work.git('stale', 'tag', '--force', 'core-v1.1.0', 'core-v1.0.0')
    await work.git('stale', 'tag', '--delete', 'core-v1.0.0')
    const { out, err } = await notesIn('stale', 'core@1.1.0')
    expect([out, err]).toEqual([await expected(), ''])
  })

  it('says that a shallow clone can not tell, and asks GitHub', { tags: ['deep'] }, async () => {
    await gitClone('shallow', '--depth', '2', '--no-single-branch')
    const { out, err, asked } = await notesIn('shallow', 'core@1.1.0')
    expect(err).toMatch(/^warning: .*\/shallow is a shallow clone, so wizard asks GitHub\n$/)
    expect(out).toBe(await expected())
    expect(asked.some((path) => path.includes('/compare/'))).toBe(true)
  })

  it("--github is GitHub's own, with the tag before pinned", async () => {
    const { out, err } = await notes('core@1.1.0', '--github')
    expect(err).toMatch(/^warning: .*not only core\n$/)
    expect(out).toMatch(/^## What's Changed\n\* Tidy up/)
    expect(lastLine(out)).toMatch(/compare\/core-v1\.0\.0\.\.\.core-v1\.1\.0$/)
  })

  it('tells by which pull request a commit came, and counts merges', async () => {
    const { github } = work
    const merged = 'uDOS/merged'
    await github.addRepository(merged)
    await github.tag(merged, 'v1.0.0')
    const base = await github.oid(merged)
    for (const [branch, parent] of [
      ['a', base],
      ['b', 'a'],
    ] as const) {
      const from = parent === 'a' ? await github.oid(merged, 'a') : parent
      const message = `feat(${branch}): on a branch`
      await github.commit(merged, { branch, parent: from, message, files: { [branch]: '1' } })
    }
    for (const [branch, number] of [
      ['a', 7],
      ['b', 8],
    ] as const) {
      await github.commit(merged, {
        message: `Merge pull request #${number} from uDOS/${branch}\n\nOn a branch`,
        merge: [await github.oid(merged, branch)],
        files: { [branch]: '1' },
      })
    }
    await github.commit(merged, { message: 'fix: straight on', files: { c: '1' } })
    await github.tag(merged, 'v1.1.0')
    const remote = await notes(`${merged}@1.1.0`)
    const page = `${github.gitUrl}/${merged}`
    expect(remote.out).toContain(`- **a:** on a branch ([#7](${page}/pull/7), [`)
    expect(remote.out).toContain(`- **b:** on a branch ([#8](${page}/pull/8), [`)
    expect(remote.out).toContain('- straight on ([')
    expect(remote.out).toContain('\n… and 2 merge commits.\n')
    expect((await work.wizard('REPO', 'CLONE', merged, 'merged')).status).toBe(0)
    const local = await notesIn('merged', `${merged}@1.1.0`)
    expect(local.out).toBe(remote.out)
  })

  it('reads all pages of a comparison, and the same twice', { tags: ['deep'] }, async () => {
    const long = 'uDOS/long'
    const dir = temporaryFolder()
    await gitText(['init', '--quiet', '--initial-branch=main', dir])
    addHistory(dir, { commits: 311, files: 3 })
    for (const [tag, at] of [
      ['v1.0.0', 'main~310'],
      ['v1.1.0', 'main'],
    ] as const) {
      await gitText(['-C', dir, 'tag', tag, at])
    }
    await work.github.addRepository(long, { empty: true })
    await work.github.importFrom(long, dir)
    const remote = await notesIn('.', `${long}@1.1.0`)
    expect(remote.asked.filter((path) => path.includes('/compare/'))).toHaveLength(4)
    expect(remote.out.match(/^- Commit \d+ of seed 1 \(/gm)).toHaveLength(310)
    expect((await notes(`${long}@1.1.0`)).out).toBe(remote.out)
    await gitText(['-C', dir, 'remote', 'add', 'origin', `${work.github.gitUrl}/${long}`])
    const local = await work.run(['RELEASE', 'NOTES', `${long}@1.1.0`, '--source', dir])
    expect(local.out).toBe(remote.out)
  })

  it('people stand by name where GraphQL does not answer, and that is said', async () => {
    const fault = work.github.fail({ path: /graphql/, status: 500 })
    const { out, err, status } = await notesIn('mine', 'core@1.1.0')
    fault.remove()
    expect(status).toBe(0)
    expect(err).toMatch(/^warning: GraphQL does not answer, so people are listed by name: /m)
    expect(out).toContain(' by Eve\n')
  })
})
