// `npm run picture`: docs/demo.svg, from what a terminal shows of a real run. It needs tmux and git.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startLocalGitHub } from 'local-github'
import { stringify } from 'yaml'
import { openScreen } from '../test/e2e/support/screen.js'
import { svgOf } from './svg.js'

const columns = 88
const fleet = Array.from(
  { length: 30 },
  (_, index) => `service-${String(index + 1).padStart(2, '0')}`,
)
const tools = ['core', 'typo', 'micro']

const github = await startLocalGitHub()
const home = await mkdtemp(join(tmpdir(), 'wizard-picture-'))
try {
  await addRepositories()
  await configure()
  const screen = await openScreen({
    ...{ cwd: home, columns, rows: 40 },
    wizard: join(process.cwd(), 'bin/wizard.js'),
  })
  try {
    await screen.enter('wizard REPO SYNC --quiet && echo ready')
    await screen.until(/^ready$/m)
    await changeSome()
    await screen.enter('clear')
    await screen.until(/^\$$/)
    for (const command of [
      'wizard REPO SYNC',
      'wizard REPO STATUS --not-ok',
      "wizard REPO EXEC 'service-0?' '!service-07' -- git log -1 --format='%h %s'",
    ]) {
      await screen.enter(command)
      await screen.until(/\n\$$/)
    }
    await writeFile('docs/demo.svg', svgOf(await screen.painted(), { columns }))
  } finally {
    await screen.close()
  }
} finally {
  await github.close()
  await rm(home, { recursive: true, force: true })
}

async function addRepositories(): Promise<void> {
  const files = { 'README.md': '# A repository\n' }
  for (const name of [...tools, ...fleet]) await github.addRepository(`uDOS/${name}`, { files })
}

async function configure(): Promise<void> {
  const repos = {
    tools: tools.map((repo) => ({ repo, destination: `/tools/${repo}` })),
    fleet: fleet.map((repo) => ({ repo, destination: `/fleet/${repo}` })),
  }
  const shared = {
    token: github.token,
    owner: 'uDOS',
    base_url: github.apiUrl,
    git_url: github.gitUrl,
  }
  await mkdir(join(home, 'config'))
  await writeFile(join(home, 'config/github.yaml'), stringify({ github: shared }))
  await writeFile(join(home, 'config/repos.yaml'), stringify({ repos }))
}

/** Upstream moves on in three, and one of them has a change of the user's that is in the way. */
async function changeSome(): Promise<void> {
  for (const name of ['typo', 'service-07', 'service-21'])
    await github.commit(`uDOS/${name}`, { files: { 'README.md': '# Better words\n' } })
  await writeFile(join(home, 'fleet/service-21/README.md'), '# My own words\n')
}
