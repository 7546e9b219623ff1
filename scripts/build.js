// Bundles src into dist, split at the lazy imports, so that a verb loads only what it uses; then writes the types.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { isAbsolute, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { licencesOf } from './licences.js'
import { writeTypes } from './types.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))

// What isomorphic-git imports: nothing of it is needed for what we use, and importing it does nothing by itself.
const isLeftOut =
  /[\\/]node_modules[\\/](?:async-lock|clean-git-ref|crc-32|diff3|ignore|minimisted|pako|pify|sha\.js)[\\/]/

// undici speaks HTTP/1.1 here (it offers no server anything else), and node's HTTP/2 takes 5 ms to load.
const withoutHttp2 = {
  name: 'without-http2',
  load: {
    filter: { id: /[\\/]undici[\\/]lib[\\/]dispatcher[\\/]client-h2\.js$/ },
    handler: () => "module.exports = () => { throw new Error('HTTP/2 is left out') }",
  },
}

// Loaded with each start and of no use here: what runs subcommands that are programs (6 ms), and a look for a package
// that only users of fdir's own globs install.
const cuts = [
  cut(
    /[\\/]commander[\\/]lib[\\/]command\.js$/,
    "const childProcess = require('node:child_process');",
  ),
  cut(
    /[\\/]fdir[\\/]dist[\\/]index\.mjs$/,
    'try {\n\t__require.resolve("picomatch");\n\tpm = __require("picomatch");\n} catch {}',
  ),
]

/** @param {RegExp} id @param {string} text @returns {import('rolldown').Plugin} */
function cut(id, text) {
  const handler = (/** @type {string} */ code, /** @type {string} */ file) => {
    if (!code.includes(text)) throw new Error(`${file} has changed: it no longer holds ${text}`)
    return code.replace(text, '')
  }
  return { name: 'cut', transform: { filter: { id }, handler } }
}

// Built beside and put into place at once: whoever runs the executable meanwhile has the old one or the new one.
const fresh = `${root}/dist.new-${process.pid}`
process.on('exit', () => rmSync(fresh, { recursive: true, force: true }))
/** @type {import('rolldown').InputOptions} */
const shared = {
  cwd: root,
  platform: 'node',
  resolve: {
    alias: {
      // Which stream has colours is decided by src/terminal; chalk's own look at them costs every start.
      '#supports-color': `${root}/node_modules/chalk/source/vendor/supports-color/browser.js`,
      // As ES modules, so that of its 340 kB the little that is used can be kept.
      'isomorphic-git': `${root}/node_modules/isomorphic-git/index.js`,
      // As many modules, of which few are needed; the one that is minified holds other packages.
      tar: `${root}/node_modules/tar/dist/esm/index.js`,
      yaml: `${root}/node_modules/yaml/browser/dist/index.js`,
    },
  },
  plugins: [withoutHttp2, ...cuts],
  treeshake: { moduleSideEffects: [{ test: isLeftOut, sideEffects: false }] },
  onLog(level, log, tell) {
    // What one verb loads late another may need at once.
    if (log.code !== 'INEFFECTIVE_DYNAMIC_IMPORT') tell(level, log)
  },
}

/**
 * @param {Record<string, string>} input
 * @param {{ into: string, worker: string, output: import('rolldown').OutputOptions }} options
 */
async function write(input, { into, worker, output }) {
  const define = {
    __WIZARD_VERSION__: JSON.stringify(version),
    // As seen from the chunk that the pool is in.
    __WIZARD_WORKER__: JSON.stringify(worker),
  }
  const bundle = await rolldown({ ...shared, input, transform: { define } })
  const { output: written } = await bundle.write({
    dir: `${fresh}${into}`,
    minify: { mangle: false, compress: true, codegen: true },
    comments: { legal: true, annotation: false, jsdoc: false },
    ...output,
  })
  await bundle.close()
  return written.flatMap((chunk) => (chunk.type === 'chunk' ? Object.keys(chunk.modules) : []))
}

// The executable's as CommonJS: node finds and links such files in half the time.
const cli = { main: 'src/main.ts', worker: 'src/git/pool/worker.ts' }
const cliModules = await write(cli, {
  into: '/cli',
  worker: '../worker.cjs',
  output: {
    format: 'cjs',
    dynamicImportInCjs: false,
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name]-[hash].cjs',
  },
})
const libraryModules = await write(
  { index: 'src/index.ts' },
  {
    into: '',
    worker: '../cli/worker.cjs',
    output: { format: 'esm', chunkFileNames: 'chunks/[name]-[hash].js' },
  },
)

const modules = [...new Set([...cliModules, ...libraryModules])]
writeFileSync(`${fresh}/THIRD-PARTY-LICENSES.txt`, licencesOf(modules))
// For the tests; the package is without it.
const paths = modules.filter(isAbsolute).map((path) => relative(root, path))
writeFileSync(`${fresh}/modules.json`, JSON.stringify(paths, null, 2))

if (!process.argv.includes('--no-types')) await writeTypes(root, fresh)
rmSync(`${root}/dist`, { recursive: true, force: true })
renameSync(fresh, `${root}/dist`)
