import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Octokit } from '@octokit/rest'
import { expect, expectTypeOf, inject, it } from 'vitest'
import type { Octokit as ShippedOctokit } from '../../scripts/types/octokit.js'
import { methodsOf, type Node, nodesIn, readDeclarations } from './support/declarations.js'

const project = join(import.meta.dirname, '../..')
const consumer = inject('consumer')
const dist = join(consumer, 'node_modules/udos-wizard/dist')

const text = await readFile(join(dist, 'index.d.ts'), 'utf8')
const types = readDeclarations(text)
const classes = types.declared
  .filter(({ name, node }) => node.type === 'ClassDeclaration' && types.values.has(name))
  .map(({ name }) => name)

it('is one file that names no other package', async () => {
  const files = (await readdir(dist, { recursive: true })).filter((name) => name.endsWith('.d.ts'))
  expect(files).toEqual(['index.d.ts'])
  expect(types.imports.filter((name) => !name.startsWith('node:'))).toEqual([])
})

it('says of Octokit what holds for it', () => {
  expectTypeOf<Octokit>().toExtend<ShippedOctokit>()
})

it('exports every type that it mentions', () => {
  const hidden = types.declared.map(({ name }) => name).filter((name) => !types.exported.has(name))
  expect(hidden, 'export it in src/index.ts, or mark what mentions it @internal').toEqual([])
})

it('lets every optional property be undefined', () => {
  const strict = types.declared.flatMap(({ name, node }) =>
    [...nodesIn(node)].filter(isStrictlyOptional).map(({ key }) => `${name}.${nameOf(key)}`),
  )
  expect(strict, 'write `| undefined`').toEqual([])
})

function isStrictlyOptional({ type, optional, typeAnnotation }: Node): boolean {
  if (type !== 'TSPropertySignature' || !optional) return false
  const { typeAnnotation: annotation } = typeAnnotation as { typeAnnotation: Node }
  const members = annotation.type === 'TSUnionType' ? (annotation.types as Node[]) : [annotation]
  return !members.some((one) => ['TSUndefinedKeyword', 'TSUnknownKeyword'].includes(one.type))
}

const nameOf = (key: unknown) => (key as { name: string }).name

it('says of every method what it does', () => {
  const silent = classes.flatMap((name) =>
    [...methodsOf(name, types)]
      .filter(([, { start }]) => !/\*\/\s*$/.test(text.slice(0, start)))
      .map(([method]) => `${name}.${method}`),
  )
  expect(silent).toEqual([])
})

/** Uses every class and method, and exports the results, so that each type must have a name. */
function everything(): string {
  const uses = classes.flatMap((name) => {
    const type = `lib.${name}`
    const make = `export const make${name} = (...args: ConstructorParameters<typeof ${type}>) => new ${type}(...args)`
    const calls = [...methodsOf(name, types).keys()].map(
      (method) =>
        `export const ${name}_${method} = (it: ${type}, ...args: Parameters<${type}['${method}']>) => it.${method}(...args)`,
    )
    return [make, ...calls]
  })
  return ["import * as lib from 'udos-wizard'", ...uses, ''].join('\n')
}

/** As in ordinary programs: unset variables are undefined. */
const program = `
import { GitHubClient, GitHubError, ReleaseManager, RepoSync, WorkflowRunner } from 'udos-wizard'

const { GITHUB_TOKEN: token, GITHUB_API_URL: baseUrl, FOLDER: config } = process.env
export const client = new GitHubClient({ token, baseUrl })
export const sync = () => new RepoSync(client, { config }).sync({ targets: undefined })
export const release = () => new ReleaseManager(client).createRelease('uDOS', 'core', 'v1.0.0')
export const run = async (signal?: AbortSignal) => {
  const runner = new WorkflowRunner(client)
  try {
    return await runner.run('uDOS', 'core', 'tests', { wait: true }, { signal, emit: (event) => console.log(event.type) })
  } catch (error) {
    if (error instanceof GitHubError) console.log(error.code, error.status, error.hint)
    throw error
  }
}
export const owner = async () => {
  await using own = new GitHubClient()
  return own.owner
}
export const tags = async () => (await client.octokit()).paginate('GET /repos/{owner}/{repo}/tags')
`

it.each([
  ['nodenext', 'nodenext'],
  ['bundler', 'esnext'],
])(
  'compiles in a strict project by moduleResolution %s',
  { tags: ['deep'] },
  async (moduleResolution, module) => {
    const config = `tsconfig.${moduleResolution}.json`
    const compilerOptions = {
      ...{ target: 'es2023', lib: ['es2023'], module, moduleResolution, outDir: moduleResolution },
      ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
      ...{ skipLibCheck: false, declaration: true, emitDeclarationOnly: true },
      ...{ types: ['node'], typeRoots: [join(project, 'node_modules/@types')] },
    }
    const write = (name: string, content: string) => writeFile(join(consumer, name), content)
    await write('everything.mts', everything())
    await write('program.mts', program)
    const files = ['everything.mts', 'program.mts']
    await write(config, JSON.stringify({ compilerOptions, files }))
    const args = [join(project, 'node_modules/typescript/bin/tsc'), '-p', config]
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: consumer }).catch(
      (error) => error,
    )
    expect(stdout).toBe('')
    const emitted = await readFile(join(consumer, moduleResolution, 'everything.d.mts'), 'utf8')
    expect(emitted).toContain('Promise<lib.ReleaseInfo>')
  },
)
