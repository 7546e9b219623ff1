import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, inject, it } from 'vitest'

const project = join(import.meta.dirname, '../..')
const dist = join(inject('consumer'), 'node_modules/udos-wizard/dist')

/** The folders of the packages with a module in the bundle. */
async function bundled(): Promise<string[]> {
  const modules: string[] = JSON.parse(await readFile(join(project, 'dist/modules.json'), 'utf8'))
  const folders = modules.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [])
  return [...new Set(folders)]
}

const flat = (text: string) => text.replace(/\s+/g, ' ')

it('ships name, version and licence of each package that is in the bundle', async () => {
  const shipped = await readFile(join(dist, 'THIRD-PARTY-LICENSES.txt'), 'utf8')
  const folders = await bundled()
  expect(folders).toEqual(
    expect.arrayContaining(['node_modules/zod', 'node_modules/@octokit/rest']),
  )
  const missing: string[] = []
  for (const folder of folders) {
    const home = join(project, folder)
    const about = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'))
    const { name, version } = about
    const licence = (await readdir(home)).find((file) => /^licen[cs]e/i.test(file))
    // A package may name Apache-2.0 without its text, which is our own licence's.
    const usual = about.license === 'Apache-2.0' ? join(project, 'LICENSE') : 'there is no licence'
    const text = await readFile(licence === undefined ? usual : join(home, licence), 'utf8')
    const section = shipped
      .split(/^-{80}$/m)
      .find((part) => part.startsWith(`\n${name} ${version} (`))
    if (!section || !flat(section).includes(flat(text).trim())) missing.push(`${name} ${version}`)
  }
  expect(missing).toEqual([])
})

it('knows the modules of the executable, its threads and the library', async () => {
  const modules = JSON.parse(await readFile(join(project, 'dist/modules.json'), 'utf8'))
  const own = ['src/main.ts', 'src/git/pool/worker.ts', 'src/index.ts']
  expect(modules).toEqual(expect.arrayContaining(own))
  expect(existsSync(join(dist, 'modules.json'))).toBe(false)
})
