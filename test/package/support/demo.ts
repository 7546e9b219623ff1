import { execFile } from 'node:child_process'
import { existsSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { inject } from 'vitest'

/** Plays the demo with the installed package on a node. @returns what it showed */
export async function playDemo(node: string): Promise<string> {
  const modules = join(inject('consumer'), 'node_modules')
  installPeers(modules)
  const wizard = join(modules, 'udos-wizard/bin/wizard.js')
  const demo = ['scripts/run.js', 'demo/index.ts', '--wizard', wizard, '--node', node]
  return (await promisify(execFile)(process.execPath, demo)).stdout
}

/** SQLite for Node 20, as its users install it beside wizard. */
function installPeers(modules: string): void {
  const place = join(modules, '@photostructure')
  if (!existsSync(place)) symlinkSync(resolve('node_modules/@photostructure'), place)
}
