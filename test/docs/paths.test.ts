import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const home = fileURLToPath(new URL('../..', import.meta.url))

it.each(['ARCHITECTURE.md', 'CONTRIBUTING.md'])('%s names only paths that exist', async (page) => {
  const text = await readFile(join(home, page), 'utf8')
  const paths = [...text.matchAll(/`([\w.-]+\/[\w./-]*)`/g)].map(([, path = '']) => path)
  const isOurs = (path: string) => !/^(ROOT|refs|\.git|\.config)\//.test(path)
  const isHere = (path: string) =>
    [path, `src/${path}`].some((candidate) => existsSync(join(home, candidate)))
  expect(paths.filter((path) => isOurs(path) && !isHere(path))).toEqual([])
})
