import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { globSync } from 'tinyglobby'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The majors that run on Node 24: the runners dropped Node 20 in 2026. */
const majors: Record<string, number> = {
  checkout: 7,
  'setup-node': 7,
  'upload-artifact': 7,
  'download-artifact': 8,
  cache: 5,
}

it('our workflow, templates and documentation use actions that still run', () => {
  const patterns = ['.github/workflows/*.yml', 'src/**/*.ts', 'docs/*.md', 'README.md', 'config/*']
  const used = globSync(patterns, { cwd: root, dot: true }).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/actions\/([a-z-]+)[/a-z]*@v(\d+)/g)].map(
      ([, name = '', major]) => ({ file, name, major: Number(major) }),
    ),
  )
  expect(used.map(({ name }) => name)).toEqual(expect.arrayContaining(['checkout', 'setup-node']))
  const old = used.filter(({ name, major }) => major < (majors[name] ?? Number.POSITIVE_INFINITY))
  expect(old).toEqual([])
})

it('our templates run on Node 24', () => {
  const templates = globSync('src/schedules/formats/*.ts', { cwd: root })
  const versions = templates.flatMap((file) => [
    ...readFileSync(join(root, file), 'utf8').matchAll(/'node-version': (\d+)/g),
  ])
  expect(versions.map(([, version]) => version)).toEqual(['24'])
})
