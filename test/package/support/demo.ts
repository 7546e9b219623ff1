import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inject } from 'vitest'

/** Plays the demo with the installed package on a node. @returns what it showed */
export async function playDemo(node: string): Promise<string> {
  const wizard = join(inject('consumer'), 'node_modules/udos-wizard/bin/wizard.js')
  const demo = ['scripts/run.js', 'demo/index.ts', '--wizard', wizard, '--node', node]
  return (await promisify(execFile)(process.execPath, demo)).stdout
}
