import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { FaultHandle, LocalGitHub } from 'local-github'
import { stringify } from 'yaml'
import { type Act, all, type Fact, is } from './facts.js'
import type { Stage } from './stage.js'

const name = 'uDOS/tools'
const tag = 'core-v1.1.0'

/** The component of the repository, for components.yaml. */
export const components = stringify({
  components: {
    core: {
      repo: name,
      path: 'core',
      version_file: 'core/version.json',
      tag: 'core-v{version}',
      release: {
        build: ['mkdir -p dist', 'tar -cf dist/core.tcz src', 'cp src/main.txt dist/core.iso'],
        artifacts: ['dist/*.tcz', 'dist/*.iso'],
        checksums: { sha256: 'SHA256SUMS', md5: '{artifact}.md5.txt' },
      },
    },
  },
})

/** A repository with a component that was released once and has changed since. */
export async function addComponent(github: LocalGitHub): Promise<void> {
  await github.addRepository(name, {
    files: {
      '.gitignore': 'dist/\n',
      'core/version.json': '{"version":{"major":1,"minor":0,"patch":0}}\n',
      'core/src/main.txt': 'one\n',
    },
  })
  await github.tag(name, 'core-v1.0.0')
  const changes: [string, string][] = [
    ['feat(core): read packages from a stick (#12)', 'two\n'],
    ['fix: keep the clock over a suspend', 'three\n'],
  ]
  for (const [message, text] of changes) {
    await github.commit(name, { message, files: { 'core/src/main.txt': text } })
  }
  await github.commit(name, {
    message: 'docs: elsewhere',
    files: { 'other.md': 'no part of it\n' },
  })
  const version = '{"version":{"major":1,"minor":1,"patch":0}}\n'
  await github.commit(name, { message: 'Version 1.1.0', files: { 'core/version.json': version } })
}

export const releaseActs: Act[] = [
  { title: 'A release is broken off in the middle of an upload', play: breakOff },
  { title: 'The same command again: published, once, byte for byte', play: publish },
  { title: 'And once more; then it is downloaded, and checked', play: again },
]

const command = ['RELEASE', 'PUBLISH', 'core', '--source', 'tools', '--yes']

async function breakOff(stage: Stage): Promise<Fact[]> {
  const cloned = await stage.wizard('REPO', 'CLONE', name, 'tools')
  const fault = stage.github.fail({ origin: 'upload', path: /core\.iso$/, delay: 'forever' })
  const running = stage.wizard(...command)
  await Promise.race([running, untilMet(fault)])
  console.log('^C')
  stage.interrupt()
  const exit = await running
  fault.remove()
  const [release] = releasesOn(stage)
  return [
    { what: 'exit status of the clone', ...is(cloned, 0) },
    { what: 'exit status of what was interrupted', ...is(exit, 130) },
    { what: 'what is left', ...is(release?.draft ? 'a draft' : 'no draft', 'a draft') },
    { what: 'tag on GitHub', ...is(await tagOn(stage), 'none') },
  ]
}

async function publish(stage: Stage): Promise<Fact[]> {
  const exit = await stage.wizard(...command)
  const [release, ...others] = releasesOn(stage)
  const names = ['SHA256SUMS', 'core.iso', 'core.iso.md5.txt', 'core.tcz', 'core.tcz.md5.txt']
  const assets = release?.assets.map((asset) => asset.name).sort() ?? []
  const notes = release?.body ?? ''
  return [
    { what: 'exit status', ...is(exit, 0) },
    { what: 'releases', ...is(1 + others.length, 1) },
    { what: 'what it is', ...is(release?.draft ? 'a draft' : 'published', 'published') },
    { what: 'assets', ...all(assets, names) },
    { what: 'tag on GitHub', ...is(await tagOn(stage), await stage.github.oid(name)) },
    {
      what: 'notes of another part of the repository',
      ...is(notes.includes('elsewhere') ? 'there' : 'none', 'none'),
    },
  ]
}

async function again(stage: Stage): Promise<Fact[]> {
  const exit = await stage.wizard(...command)
  const downloaded = await stage.wizard('RELEASE', 'DOWNLOAD', 'core', '--dir', 'release')
  const [from, to] = await Promise.all([
    readFile(stage.path(join('tools', 'core', 'dist', 'core.tcz'))),
    readFile(stage.path(join('release', 'core.tcz'))),
  ])
  return [
    { what: 'exit status, as it is published already', ...is(exit, 0) },
    { what: 'releases', ...is(releasesOn(stage).length, 1) },
    { what: 'exit status of the download', ...is(downloaded, 0) },
    { what: 'bytes that differ', ...is(from.equals(to) ? 'none' : 'some', 'none') },
  ]
}

async function untilMet(fault: FaultHandle): Promise<void> {
  while (fault.hits === 0) await setTimeout(20)
}

const releasesOn = ({ github }: Stage) => github.world.require(name).releases

const tagOn = async ({ github }: Stage): Promise<string> =>
  (await github.refs(name))[`refs/tags/${tag}`] ?? 'none'
