'use strict'

const { existsSync, readFileSync } = require('node:fs')
const { basename, dirname, join } = require('node:path')
const { Script } = require('node:vm')

/*
 * The V8 of Node 20 optimizes early what most commands are over too soon to gain by: a fifth of their time, spent on
 * threads that they share the processor with. Later versions of Node do not. It is said before anything is loaded, as V8
 * takes code for that of another version where a flag differs.
 */
if (process.version.startsWith('v20.')) {
  const { setFlagsFromString } = require('node:v8')
  // In V8's own unit, some 15 times what it would be; a function that runs for long is still optimized.
  setFlagsFromString('--interrupt-budget=1000000')
  // undici reads HTTP's heads in WebAssembly, nearly all of it one function: to optimize that takes 90 ms and 35 MB,
  // and the code it begins with does as well.
  setFlagsFromString('--liftoff-only')
}

const bundle = join(__dirname, '../dist/cli')
/** What V8 made of the bundle when it was built: of use to that version on that machine alone, and as trusted as the code. */
const codeFolder = join(bundle, `code-${process.version}-${process.arch}`)

const modules = new Map()
/** By file, for whoever records what V8 makes of them. */
const scripts = new Map()

/** Loaded when it is first looked at: it takes 4 ms, and a short command has no use for it. */
const promises = new Proxy(
  {},
  {
    get: (_, name) => require('node:fs/promises')[name],
    // The bundle copies the names of a module that it imports as a whole.
    ownKeys: () => Reflect.ownKeys(require('node:fs/promises')),
    getOwnPropertyDescriptor: (_, name) => {
      const found = Reflect.getOwnPropertyDescriptor(require('node:fs/promises'), name)
      return found && { ...found, configurable: true }
    },
  },
)

/** As node's own `require`, of a file of the bundle, but with V8's code at hand: that is half of a short command's time. */
function load(file) {
  const known = modules.get(file)
  if (known !== undefined) return known.exports
  const module = { exports: {} }
  modules.set(file, module)
  const source = readFileSync(file, 'utf8')
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`
  const script = new Script(wrapped, { filename: file, cachedData: codeOf(file) })
  scripts.set(file, script)
  const folder = dirname(file)
  const requireHere = (name) => {
    if (name === 'node:fs/promises') return promises
    return name.startsWith('.') ? load(join(folder, name)) : require(name)
  }
  script.runInThisContext()(module.exports, requireHere, module, file, folder)
  return module.exports
}

function codeOf(file) {
  try {
    return readFileSync(join(codeFolder, `${basename(file)}.code`))
  } catch {
    // Nothing of it was needed when it was recorded.
    return undefined
  }
}

/** An entry of the bundle. Without code of this version node's own cache, from 22.1 on, does the same from the second start. */
function loadEntry(name, { recording = false } = {}) {
  const file = join(bundle, `${name}.cjs`)
  if (recording || existsSync(codeFolder)) return load(file)
  require('node:module').enableCompileCache?.()
  return require(file)
}

module.exports = { loadEntry, codeFolder, scripts }
