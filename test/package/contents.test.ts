import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { expect, inject, it } from 'vitest'
import { requiresOf } from './support/requires.js'

const run = promisify(execFile)
const consumer = inject('consumer')
const home = join(consumer, 'node_modules/udos-wizard')

/** For the stores of WEBHOOK; loaded by those who have configured them. */
const optionalPeers = ['@photostructure/sqlite', 'pg']

const manifest = async () => JSON.parse(await readFile(join(home, 'package.json'), 'utf8'))

it('is one package, and npm has nothing to warn of', async () => {
  const lock = await readFile(join(consumer, 'node_modules/.package-lock.json'), 'utf8')
  expect(Object.keys(JSON.parse(lock).packages)).toEqual(['node_modules/udos-wizard'])
  expect(inject('npmOutput')).toMatch(/^\s*added 1 package in \S+\s*$/)
})

it('runs nothing when it is installed', async () => {
  const { scripts, ...rest } = await manifest()
  const names = ['preinstall', 'install', 'postinstall', 'prepare']
  expect(names.filter((name) => name in scripts)).toEqual([])
  for (const name of ['dependencies', 'optionalDependencies']) {
    expect(rest).not.toHaveProperty(name)
  }
  const peers = Object.keys(rest.peerDependencies)
  expect(peers.sort()).toEqual(optionalPeers)
  for (const name of peers) expect(rest.peerDependenciesMeta[name]).toEqual({ optional: true })
})

it('requires its own files and what node brings along', { tags: ['deep'] }, async () => {
  const entries = await readdir(home, { recursive: true })
  const files = entries.filter((name) => /\.c?js$/.test(name)).map((name) => join(home, name))
  expect(files.length).toBeGreaterThan(100)
  const strangers: string[] = []
  for (const file of files) {
    for (const name of requiresOf(file, await readFile(file, 'utf8'))) {
      const isOwn = name.startsWith('.') && existsSync(join(dirname(file), name))
      const isKnown = isBuiltin(name) || optionalPeers.includes(name)
      if (!isOwn && !name.startsWith('node:') && !isKnown)
        strangers.push(`${relative(home, file)}: ${name}`)
    }
  }
  expect(strangers).toEqual([])
})

it('says where it comes from', async () => {
  const { repository, homepage, bugs, author, license, engines } = await manifest()
  expect(repository).toEqual({ type: 'git', url: expect.stringMatching(/^git\+https:/) })
  expect([homepage, bugs, author, license]).toEqual(Array(4).fill(expect.stringMatching(/\S/)))
  expect(engines).toEqual({ node: '^20.19.0 || >=22.12.0' })
})

it('brings a manual page for wizard and for each noun', async () => {
  const { man } = (await manifest()) as { man: string[] }
  const { stdout } = await run(process.execPath, [join(home, 'bin/wizard.js'), '--help', '--json'])
  const nouns = JSON.parse(stdout).nouns.map(({ name }: { name: string }) => name.toLowerCase())
  const pages = ['wizard', ...nouns.map((noun: string) => `wizard-${noun}`)]
  expect(man.map((page) => basename(page, '.1')).sort()).toEqual(pages.sort())
  for (const page of man) expect(await readFile(join(home, page), 'utf8')).toMatch(/^\.TH WIZARD/)
})
