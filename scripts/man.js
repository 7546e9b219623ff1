import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/**
 * Writes the manual pages that package.json names, which npm puts where man(1) finds them. The built executable prints
 * them, all in one process.
 *
 * @param {string} root
 */
export function writeManualPages(root) {
  /** @type {{ man: string[] }} */
  const { man } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  // wizard-repo.1 is that of MAN REPO.
  const commands = man.map((page) => ['MAN', ...basename(page, '.1').split('-').slice(1)].join(' '))
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'bin/wizard.js'), 'SCRIPT', '-', '--json'],
    { input: commands.join('\n'), encoding: 'utf8' },
  )
  const results = stdout === '' ? [] : JSON.parse(stdout)
  if (results.length !== man.length) throw new Error(`the manual pages can't be made: ${stderr}`)
  mkdirSync(join(root, 'dist/man'), { recursive: true })
  for (const [index, page] of man.entries()) {
    writeFileSync(join(root, page), results[index].result.page)
  }
}
