// Bundles src into dist, split at the lazy imports, so that a verb loads only what it uses; then
// writes the types.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { licencesOf } from './licences.js'
import { writeManualPages } from './man.js'
import { writeTypes } from './types.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))

// isomorphic-git imports these for all that it can do. Their import has no effect, so those that its
// fetch does not use stay out.
const isLeftOut =
  /[\\/]node_modules[\\/](?:async-lock|clean-git-ref|crc-32|diff3|ignore|minimisted|pako|pify|sha\.js)[\\/]/

// undici uses HTTP/1.1 here (it offers servers nothing else), and node's HTTP/2 takes 5 ms to load.
const withoutHttp2 = {
  name: 'without-http2',
  load: {
    filter: { id: /[\\/]undici[\\/]lib[\\/]dispatcher[\\/]client-h2\.js$/ },
    handler: () => "module.exports = () => { throw new Error('HTTP/2 is left out') }",
  },
}

// cosmiconfig's own loaders, which run a folder's code, and with them TypeScript and js-yaml.
const withoutLoaders = {
  name: 'without-loaders',
  load: {
    filter: { id: /[\\/]cosmiconfig[\\/]dist[\\/]loaders\.js$/ },
    handler: () => '',
  },
}

// For cosmiconfig's search of the user's folders, which is not used: at its import it throws where
// the user has no home.
const withoutEnvPaths = {
  name: 'without-env-paths',
  load: {
    filter: { id: /[\\/]env-paths[\\/]index\.js$/ },
    handler: () => "module.exports = () => { throw new Error('env-paths is left out') }",
  },
}

// Loaded at each start, but not used here: commander's support for subcommands that are programs (6
// ms), and a lookup of a package that only users of fdir's globs install.
const cuts = [
  cut(
    /[\\/]commander[\\/]lib[\\/]command\.js$/,
    "const childProcess = require('node:child_process');",
  ),
  cut(
    /[\\/]fdir[\\/]dist[\\/]index\.mjs$/,
    'try {\n\t__require.resolve("picomatch");\n\tpm = __require("picomatch");\n} catch {}',
  ),
  // undici closes the connection at a 100 that it did not ask for, which a client must expect from
  // any server (RFC 9110, 15.2).
  cut(
    /[\\/]undici[\\/]lib[\\/]dispatcher[\\/]client-h1\.js$/,
    "if (statusCode === 100) {\n      util.destroy(socket, new SocketError('bad response', util.getSocketInfo(socket)))\n      return -1\n    }",
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

// Built beside and renamed into place: a running executable has either the old build or the new
// one.
const fresh = `${root}/dist.new-${process.pid}`
process.on('exit', () => rmSync(fresh, { recursive: true, force: true }))
/** @type {import('rolldown').InputOptions} */
const shared = {
  cwd: root,
  platform: 'node',
  // Optional: who uses them installs them.
  external: ['pg', '@photostructure/sqlite'],
  resolve: {
    alias: {
      // src/terminal decides which stream has colours; chalk's own detection would slow down every
      // start.
      '#supports-color': `${root}/node_modules/chalk/source/vendor/supports-color/browser.js`,
      // As ES modules, so that the bundle keeps only the used part of its 340 kB.
      'isomorphic-git': `${root}/node_modules/isomorphic-git/index.js`,
      // As many modules, of which few are used; the minified file contains other packages.
      tar: `${root}/node_modules/tar/dist/esm/index.js`,
      yaml: `${root}/node_modules/yaml/browser/dist/index.js`,
    },
  },
  plugins: [withoutHttp2, withoutLoaders, withoutEnvPaths, ...cuts],
  treeshake: { moduleSideEffects: [{ test: isLeftOut, sideEffects: false }] },
  onLog(level, log, tell) {
    // One verb may load late what another one needs at once.
    if (log.code !== 'INEFFECTIVE_DYNAMIC_IMPORT') tell(level, log)
  },
}

/**
 * @param {Record<string, string>} input
 * @param {{ into: string, worker: string, launcher: string, output: import('rolldown').OutputOptions }} options
 */
async function write(input, { into, worker, launcher, output }) {
  const define = {
    __WIZARD_VERSION__: JSON.stringify(version),
    // Relative to the chunk that contains the pool, or the launcher.
    __WIZARD_WORKER__: JSON.stringify(worker),
    __WIZARD_LAUNCHER__: JSON.stringify(launcher),
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

// Most verbs load these, with all that they import. A file costs node a quarter of a millisecond, so
// they are few. What two of them import is in the file of the first.
const files = {
  main: ['main.ts'],
  // All that a shell's completion needs of the verbs, without what runs them.
  verbs: [
    'commands/index.ts',
    'commands/verb.ts',
    'commands/grammar.ts',
    'commands/targets.ts',
    'commands/partial-failure.ts',
    'config/names/known-names.ts',
    'terminal/marks.ts',
    'process/host.ts',
    'base/error-report.ts',
    'base/names/ref.ts',
    'commands/hints.ts',
    'repos/describe.ts',
    'repos/report.ts',
    'terminal/page.ts',
    'terminal/times.ts',
  ],
  run: ['run.ts', 'app.ts'],
  config: ['config/load.ts'],
  client: ['github/client.ts'],
  sync: ['repos/repo-sync.ts'],
}
const groups = Object.entries(files).map(([name, paths], index, all) => {
  const modules = paths.map((path) => join(root, 'src', path))
  const test = (/** @type {string} */ id) => modules.includes(id)
  return { name, test, priority: all.length - index }
})

// The executable is CommonJS: node finds and links such files in half the time.
const cli = {
  main: 'src/main.ts',
  worker: 'src/git/pool/worker.ts',
  launcher: 'src/webhooks/runs/launcher-main.ts',
}
const cliModules = await write(cli, {
  into: '/cli',
  worker: '../worker.cjs',
  launcher: '../launcher.cjs',
  output: {
    codeSplitting: { groups },
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
    launcher: '../cli/launcher.cjs',
    output: { format: 'esm', chunkFileNames: 'chunks/[name]-[hash].js' },
  },
)

const modules = [...new Set([...cliModules, ...libraryModules])]
writeFileSync(`${fresh}/THIRD-PARTY-LICENSES.txt`, licencesOf(modules))
// For the tests; the package does not contain it.
const paths = modules.filter(isAbsolute).map((path) => relative(root, path))
writeFileSync(`${fresh}/modules.json`, JSON.stringify(paths, null, 2))

if (!process.argv.includes('--no-types')) await writeTypes(root, fresh)
rmSync(`${root}/dist`, { recursive: true, force: true })
renameSync(fresh, `${root}/dist`)
writeManualPages(root)
