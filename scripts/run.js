// Runs a TypeScript file of this project on any supported Node: `node scripts/run.js demo/index.ts
// [argument…]`. Bundles it into a temporary folder, which is removed at the end; it runs in the
// project's folder.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const [entry, ...args] = process.argv.slice(2)
if (!entry) throw new Error('usage: node scripts/run.js FILE.ts [argument…]')

const folder = await mkdtemp(join(tmpdir(), 'wizard-run-'))
try {
  const resolve = { conditionNames: ['local-github-source', 'node'] }
  const bundle = await rolldown({ cwd: root, input: entry, platform: 'node', resolve })
  const file = join(folder, 'main.mjs')
  await bundle.write({ file, format: 'esm', codeSplitting: false })
  await bundle.close()
  process.exitCode = await run(file)
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** @param {string} file */
async function run(file) {
  const child = spawn(process.execPath, [file, ...args], { cwd: root, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  const [status, signal] = await once(child, 'exit')
  return status ?? 128 + constants.signals[signal]
}
