// Rolls the library's types up into one file that needs no other package's types: dist/index.d.ts.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'

/** @param {string} root the project @param {string} into the folder of index.d.ts */
export async function writeTypes(root, into) {
  const folder = mkdtempSync(join(tmpdir(), 'wizard-types-'))
  try {
    const tsc = `${root}/node_modules/typescript/bin/tsc`
    const args = [tsc, '-p', 'tsconfig.types.json', '--outDir', folder]
    execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
    await rollUp(root, `${folder}/index.d.ts`, into)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** @param {string} root @param {string} input @param {string} into */
async function rollUp(root, input, into) {
  const bundle = await rolldown({
    input,
    platform: 'node',
    plugins: [dts({ dtsInput: true, emitDtsOnly: true, tsconfig: false })],
    resolve: { alias: { '@octokit/rest': `${root}/scripts/types/octokit.d.ts` } },
    experimental: { attachDebugInfo: 'none' },
    external: /^node:/,
    checks: { pluginTimings: false },
    onLog(level, log, tell) {
      // A package whose types users do not have.
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message)
      tell(level, log)
    },
  })
  await bundle.write({ dir: into, format: 'esm' })
  await bundle.close()
  const file = `${into}/index.d.ts`
  writeFileSync(file, underPublicNames(readFileSync(file, 'utf8')))
}

/**
 * A type that is exported under another name gets that name everywhere, because editors show it.
 *
 * @param {string} types
 */
function underPublicNames(types) {
  const names = new Map()
  const exported = types.slice(types.lastIndexOf('export {'))
  for (const [, own, given] of exported.matchAll(/([\w$]+) as (\w+)/g)) names.set(own, given)
  const comments = /(\/\*[\s\S]*?\*\/)/
  const renamed = types
    .split(comments)
    .map((part) =>
      comments.test(part) ? part : part.replace(/[\w$]+/g, (word) => names.get(word) ?? word),
    )
  return renamed.join('').replace(/(\w+) as \1\b/g, '$1')
}
