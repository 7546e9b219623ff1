import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type LocalGitHub, zip } from 'local-github'
import { manifestOf, releasePlugin } from '../test/support/plugins.js'
import { type Act, type Fact, is } from './facts.js'
import type { Stage } from './stage.js'

const name = 'uDOS/pico'

/** A version with an archive, whose program prints the version. */
const release = (github: LocalGitHub, version: string) => {
  const content = JSON.stringify(manifestOf('pico', version))
  const program = { name: 'bin/pico', content: `#!/bin/sh\necho ${version}\n`, mode: 0o100755 }
  const archive = zip([{ name: 'manifest.json', content }, program])
  return releasePlugin(github, name, {
    version,
    manifest: { dependencies: { plugins: ['glyphs'] } },
    assets: { 'pico.zip': archive },
  })
}

/** A plugin that depends on another one. */
export async function addPlugins(github: LocalGitHub): Promise<void> {
  await release(github, '1.0.0')
  await releasePlugin(github, 'uDOS/glyphs', { assets: null })
}

export const pluginActs: Act[] = [
  { title: 'A plugin with what it needs', play: install },
  { title: 'A later version with one flipped byte, then as it should be, and back', play: update },
]

async function install(stage: Stage): Promise<Fact[]> {
  const exit = await stage.wizard('PLUGIN', 'INSTALL', 'pico', '--trust')
  const lock = JSON.parse(await readFile(stage.path('plugins/plugins.lock.json'), 'utf8'))
  return [
    { what: 'exit status', ...is(exit, 0) },
    { what: 'what is in the lock', ...is(Object.keys(lock.plugins).join(' '), 'glyphs pico') },
    {
      what: 'the commit in the lock',
      ...is(lock.plugins.pico.commit, await stage.github.oid(name)),
    },
  ]
}

async function update(stage: Stage): Promise<Fact[]> {
  await release(stage.github, '1.1.0')
  const fault = stage.github.fail({ origin: 'storage', corruptAt: 60 })
  const refused = await stage.wizard('PLUGIN', 'UPDATE', 'pico')
  fault.remove()
  const before = await programOf(stage)
  const updated = await stage.wizard('PLUGIN', 'UPDATE', 'pico')
  const after = await programOf(stage)
  const back = await stage.wizard('PLUGIN', 'ROLLBACK', 'pico')
  return [
    { what: 'exit status of the flipped byte', ...is(refused, 1) },
    { what: 'the version that was still there', ...is(before, '1.0.0') },
    { what: 'exit status of the next try', ...is(updated, 0) },
    { what: 'the version that was there then', ...is(after, '1.1.0') },
    { what: 'exit status of the way back', ...is(back, 0) },
    { what: 'the version in the end', ...is(await programOf(stage), '1.0.0') },
  ]
}

const programOf = async (stage: Stage): Promise<string> =>
  /echo (.*)/.exec(
    await readFile(stage.path(join('plugins', 'pico', 'bin', 'pico')), 'utf8'),
  )?.[1] ?? 'none'
