import { lstat, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Act, all, atMost, type Fact, is } from './facts.js'
import { pluginActs } from './plugin.js'
import { releaseActs } from './release.js'
import { exists, type Stage } from './stage.js'
import { webhookActs } from './webhook.js'
import { workflowActs } from './workflow.js'

export const acts: Act[] = [
  { title: 'Everything that is missing is cloned', play: cloneAll },
  { title: 'A commit upstream: what changed is pulled, the rest costs nothing', play: pullOne },
  { title: 'Where things stand', play: status },
  { title: 'A local edit in the way of an incoming change', play: localEdit },
  ...workflowActs,
  ...releaseActs,
  ...pluginActs,
  ...webhookActs,
]

async function cloneAll(stage: Stage): Promise<Fact[]> {
  const exit = await stage.wizard('REPO', 'SYNC')
  const { repositories } = stage
  const clean = []
  for (const name of repositories) if (await isClone(stage, name)) clean.push(name)
  const library = stage.folder('uDOS/library')
  const link = (await lstat(join(library, 'latest'))).isSymbolicLink() ? 'symlink' : 'file'
  const mode = ((await lstat(join(library, 'bin/run'))).mode & 0o777).toString(8)
  const museum = await exists(stage.folder('ollama/museum'))
  return [
    { what: 'exit status', ...is(exit, 0) },
    { what: 'clones at the remote head, fsck and status clean', ...all(clean, repositories) },
    {
      what: 'tags of typo',
      ...is(await stage.git('uDOS/typo', 'tag', '--list'), 'v1.0.0\nv1.1.0'),
    },
    { what: 'what `latest` is', ...is(link, 'symlink') },
    { what: 'mode of bin/run', ...is(mode, '755') },
    {
      what: 'archived repository, which the configuration leaves out',
      ...is(museum ? 'there' : 'not there', 'not there'),
    },
    { what: '.git/config files that hold the token', ...is(await filesWithToken(stage), 0) },
  ]
}

/** Whether git finds no error in a clone, and it is at the server's commit. */
async function isClone(stage: Stage, name: string): Promise<boolean> {
  await stage.git(name, 'fsck', '--full', '--strict')
  if ((await stage.git(name, 'status', '--porcelain')) !== '') return false
  const refs = Object.keys(await stage.github.refs(name))
  if (refs.length === 0) return true
  return (await stage.git(name, 'rev-parse', 'HEAD')) === (await stage.github.oid(name))
}

async function filesWithToken({ github, repositories, folder }: Stage): Promise<number> {
  const files = repositories.map((name) => join(folder(name), '.git/config'))
  const configs = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  return configs.filter((text) => text.includes(github.token)).length
}

async function pullOne(stage: Stage): Promise<Fact[]> {
  const files = { 'src/main.ts': '3\n', 'src/new.ts': 'new\n' }
  const oid = await stage.github.commit('uDOS/typo', { files, message: 'Change upstream' })
  let exit = -1
  const { api, git } = await stage.requestsDuring(async () => {
    exit = await stage.wizard('REPO', 'SYNC')
  })
  return [
    { what: 'exit status', ...is(exit, 0) },
    { what: 'head of typo', ...is(await stage.git('uDOS/typo', 'rev-parse', 'HEAD'), oid) },
    { what: 'git connections', ...is(git.join(' '), 'uDOS/typo') },
    {
      what: `API requests for ${stage.repositories.length} repositories, at most 3`,
      ...atMost(api, 3),
    },
  ]
}

async function status(stage: Stage): Promise<Fact[]> {
  let exit = -1
  const { git } = await stage.requestsDuring(async () => {
    exit = await stage.wizard('REPO', 'STATUS')
  })
  return [
    { what: 'exit status', ...is(exit, 0) },
    {
      what: 'git connections, but to the empty one',
      ...is(git.filter((name) => name !== 'uDOS/empty').length, 0),
    },
  ]
}

async function localEdit(stage: Stage): Promise<Fact[]> {
  const name = 'uDOS/typo'
  const file = join(stage.folder(name), 'src/main.ts')
  await writeFile(file, 'an hour of work\n')
  const before = await stage.git(name, 'rev-parse', 'HEAD')
  await stage.github.commit(name, { files: { 'src/main.ts': '4\n' }, message: 'Change it too' })
  const other = await stage.github.commit('uDOS/library', { files: { 'bin/run': null } })
  const exit = await stage.wizard('REPO', 'SYNC')
  return [
    { what: 'exit status, as one is blocked', ...is(exit, 1) },
    { what: 'the edit', ...is(await readFile(file, 'utf8'), 'an hour of work\n') },
    {
      what: 'head of typo has not moved',
      ...is(await stage.git(name, 'rev-parse', 'HEAD'), before),
    },
    {
      what: 'nothing else is changed',
      ...is(await stage.git(name, 'status', '--porcelain'), ' M src/main.ts'),
    },
    {
      what: 'the others went on',
      ...is(await stage.git('uDOS/library', 'rev-parse', 'HEAD'), other),
    },
  ]
}
