import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openNames } from '../../../src/config/names/known-names.js'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'wizard-workflows-'))
  await write(
    'config/repos.yaml',
    `repos:
  tools: [{ repo: uDOS/typo }, { repo: uDOS/out, destination: ../../out }]
  all: [{ repo: uDOS/core, destination: "src/{owner}-{repo}" }]
`,
  )
  await write(
    'config/components.yaml',
    'components: { engine: { repo: core, workflows: { tests: ci.yml, site: Pages } } }\n',
  )
  await write('library/tools/typo/.github/workflows/ci.yml', 'on: [push, workflow_dispatch]\n')
  await write('library/tools/typo/.github/workflows/notes.md', '')
  await symlink('/etc/hostname', join(root, 'library/tools/typo/.github/workflows/link.yml'))
  await write(
    'src/uDOS-core/.github/workflows/ci.yml',
    `on:
  workflow_dispatch:
    inputs:
      version: { type: string, default: ghp_secret }
      level: { type: choice, options: [low, high] }
      dry: { type: boolean }
`,
  )
  await write('src/uDOS-core/.github/workflows/broken.yaml', 'on: [\n')
})
afterAll(() => rm(root, { recursive: true }))

async function write(name: string, text: string) {
  await mkdir(dirname(join(root, name)), { recursive: true })
  await writeFile(join(root, name), text)
}

const workflows = () =>
  openNames({ cwd: root, env: {}, home: join(root, 'home') }, () => null).workflows()

it.each([
  ['typo', ['ci.yml']],
  ['udos/TYPO', ['ci.yml']],
  ['core', ['broken.yaml', 'ci.yml']],
  ['out', []],
])('knows the workflow files of the clone of %s', async (repository, files) => {
  expect((await (await workflows()).filesOf(repository))?.files).toEqual(files)
})

it('knows none of a repository that repos.yaml does not name', async () => {
  expect(await (await workflows()).filesOf('other')).toBeNull()
})

const inputs = [
  { name: 'version', values: [] },
  { name: 'level', values: ['low', 'high'] },
  { name: 'dry', values: ['true', 'false'] },
]

it.each([
  ['engine/tests', inputs],
  ['core/ci', inputs],
  ['uDOS/core/ci.yml', inputs],
  ['typo/ci', []],
  ['core/broken', []],
  ['engine/site', []],
  ['core/../ci', []],
  ['nothing', []],
])('knows the inputs of %s', async (target, expected) => {
  expect(await (await workflows()).inputsOf(target)).toEqual(expected)
})
