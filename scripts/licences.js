// The licences of the packages whose modules are in the bundle: dist/THIRD-PARTY-LICENSES.txt.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** @typedef {{ name: string, version: string, license: string, text: string }} Bundled */

/**
 * @param {string[]} modules absolute paths; those outside of node_modules are ours
 * @returns {string} each package once, with the text of its licence
 * @throws if a package has no licence file, or a module contains other packages
 */
export function licencesOf(modules) {
  const packaged = modules.filter((path) => path.includes('/node_modules/'))
  packaged.forEach(expectNothingEmbedded)
  const found = [...new Set(packaged.map(folderOf))].map(readPackage)
  const withParser = found.flatMap((one) => (one.name === 'undici' ? [one, llhttpIn(one)] : [one]))
  const sections = withParser.map(section).sort()
  return `dist/ holds code of the packages below, each under its own licence.\n${sections.join('')}`
}

/** @param {Bundled} one */
const section = ({ name, version, license, text }) =>
  `\n${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${text.trim()}\n`

/**
 * The folder of the package.json with a version: a package may contain others that only have a
 * `type`.
 *
 * @param {string} path
 * @returns {string}
 */
function folderOf(path) {
  const folder = dirname(path)
  const file = join(folder, 'package.json')
  const isPackage = existsSync(file) && 'version' in JSON.parse(readFileSync(file, 'utf8'))
  return isPackage ? folder : folderOf(folder)
}

/** @param {string} folder @returns {Bundled} */
function readPackage(folder) {
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const { name, version, license } = about
  const files = readdirSync(folder).filter((entry) => /^(?:licen[cs]e|notice)\b/i.test(entry))
  if (files.length === 0) return { name, version, license, text: usualText(about) }
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim())
  return { name, version, license, text: texts.join('\n\n') }
}

/**
 * The text of Apache-2.0, which is the same for every package and is our own licence's too.
 *
 * @param {{ name: string, version: string, license: string, author: string }} about
 */
function usualText({ name, version, license, author }) {
  if (license !== 'Apache-2.0') {
    throw new Error(`${name} ${version} (${license}) has no licence file`)
  }
  return `Copyright ${author}\n\n${readFileSync(new URL('../LICENSE', import.meta.url), 'utf8')}`
}

/**
 * A bundle inside a module hides the packages in it; its source map names them.
 *
 * @param {string} path
 */
function expectNothingEmbedded(path) {
  if (!existsSync(`${path}.map`)) return
  const { sources } = JSON.parse(readFileSync(`${path}.map`, 'utf8'))
  const other = sources.find((/** @type {string} */ source) => source.includes('node_modules/'))
  if (other)
    throw new Error(`${path} holds ${other}: take an entry that imports it (resolve.alias)`)
}

/**
 * The HTTP parser that undici has compiled to WebAssembly, whose licence undici's package lacks:
 * https://github.com/nodejs/llhttp
 *
 * @param {Bundled} undici its licence has the same terms, by other authors
 * @returns {Bundled}
 */
function llhttpIn({ version, text }) {
  const terms = text.slice(text.indexOf('Permission is hereby granted'))
  const owner = 'Copyright Fedor Indutny, 2018.'
  return {
    name: 'llhttp',
    version: `in undici ${version}`,
    license: 'MIT',
    text: `${owner}\n\n${terms}`,
  }
}
