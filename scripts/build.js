// Bundles src into dist, split at the lazy imports, so that a verb loads only what it uses; then writes the types.
import { execFileSync } from 'node:child_process'
import { readFileSync, renameSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))

// Built beside and put into place at once: whoever runs the executable meanwhile has the old one or the new one.
const fresh = `${root}/dist.new-${process.pid}`
const bundle = await rolldown({
  cwd: root,
  input: { main: 'src/main.ts', index: 'src/index.ts' },
  platform: 'node',
  // Which stream has colours is decided by src/terminal; chalk's own look at them costs every start.
  resolve: {
    alias: {
      '#supports-color': `${root}/node_modules/chalk/source/vendor/supports-color/browser.js`,
    },
  },
  transform: { define: { __WIZARD_VERSION__: JSON.stringify(version) } },
})
await bundle.write({
  dir: fresh,
  format: 'esm',
  minify: { mangle: false, compress: true, codegen: true },
  chunkFileNames: 'chunks/[name]-[hash].js',
  comments: { legal: true, annotation: false, jsdoc: false },
})
await bundle.close()

if (!process.argv.includes('--no-types')) {
  const tsc = `${root}/node_modules/typescript/bin/tsc`
  const args = [tsc, '-p', 'tsconfig.types.json', '--outDir', `${fresh}/types`]
  execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
}
rmSync(`${root}/dist`, { recursive: true, force: true })
renameSync(fresh, `${root}/dist`)
