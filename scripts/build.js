// Bundles src into dist, split at the lazy imports, so that a verb loads only what it uses; then writes the types.
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))

rmSync(`${root}/dist`, { recursive: true, force: true })
const bundle = await rolldown({
  cwd: root,
  input: { main: 'src/main.ts', index: 'src/index.ts' },
  platform: 'node',
  transform: { define: { __WIZARD_VERSION__: JSON.stringify(version) } },
})
await bundle.write({
  dir: 'dist',
  format: 'esm',
  minify: { mangle: false, compress: true, codegen: true },
  chunkFileNames: 'chunks/[name]-[hash].js',
  legalComments: 'inline',
})
await bundle.close()

if (!process.argv.includes('--no-types')) {
  execFileSync(
    process.execPath,
    [`${root}/node_modules/typescript/bin/tsc`, '-p', 'tsconfig.types.json'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  )
}
