// Bundles src into dist; what the package depends on stays an import. With `--types` it writes the types too.
import { execFileSync } from 'node:child_process'
import { renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('.', import.meta.url))
// Built beside and put into place at once, as wizard's own.
const fresh = join(root, `dist.new-${process.pid}`)

const input = { index: 'src/index.ts', msw: 'src/msw.ts', cli: 'src/cli/run.ts' }
const bundle = await rolldown({ cwd: root, input, platform: 'node', external: /^[^./]/ })
await bundle.write({ dir: fresh, format: 'esm', chunkFileNames: 'chunks/[name]-[hash].js' })
await bundle.close()

if (process.argv.includes('--types')) {
  const tsc = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc')
  const args = [tsc, '-p', 'tsconfig.types.json', '--outDir', join(fresh, 'types')]
  execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
}
rmSync(join(root, 'dist'), { recursive: true, force: true })
renameSync(fresh, join(root, 'dist'))
