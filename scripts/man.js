// Writes dist/man: the manual pages that package.json names, which npm puts where man(1) finds them. The built
// executable prints them.
import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))
const run = promisify(execFile)

/** @type {{ man: string[] }} */
const { man } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
await mkdir(join(root, 'dist/man'), { recursive: true })
/** @param {string} page */
const write = async (page) => {
  // wizard-repo.1 is that of MAN REPO.
  const [, ...nouns] = basename(page, '.1').split('-')
  const { stdout } = await run(process.execPath, [join(root, 'bin/wizard.js'), 'MAN', ...nouns])
  await writeFile(join(root, page), stdout)
}
await Promise.all(man.map(write))
