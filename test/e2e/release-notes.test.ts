import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { openWorkspace, type Workspace } from './support/workspace.js'

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

/** The notes of 1.1.0, from whichever side they come. */
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

describe('RELEASE NOTES', () => {
  it('asks GitHub where there is no clone', async () => {
    const { out, err, status } = await notes('core@1.1.0')
    expect([status, err]).toEqual([0, ''])
    expect(out).toBe(await expected())
  })

  it('reads the clone that repos.yaml names, and says the same', async () => {
    await work.repos({ all: [{ from: 'uDOS', match: ['eng*'], destination: 'all/{repo}' }] })
    expect((await work.wizard('REPO', 'CLONE', name, 'all/engine')).status).toBe(0)
    const sent = work.github.requests.length
    const { out, err, status } = await notes('core@core-v1.1.0')
    expect([status, err]).toEqual([0, ''])
    expect(out).toBe(await expected())
    const paths = work.github.requests.slice(sent).map(({ path }) => path)
    expect(paths).toEqual(['/repos/uDOS/engine/tags?per_page=100', '/graphql'])
  })
})
