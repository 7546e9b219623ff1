import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Packs the output of `npm run build` in this folder. @returns the tarball's path */
export async function pack(into: string): Promise<string> {
  // Without scripts, because prepack would build again while somebody runs the build.
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', into]
  const { stdout } = await run('npm', args)
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }]
  return join(into, filename)
}

/** Installs a tarball in a new folder, without a network. @returns the folder, and npm's output */
export async function install(tarball: string, folder: string): Promise<string> {
  await mkdir(folder)
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n')
  const args = ['install', '--offline', '--no-audit', '--no-fund', tarball]
  const { stdout, stderr } = await run('npm', args, { cwd: folder })
  return stdout + stderr
}
