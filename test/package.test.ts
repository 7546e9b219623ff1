import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

interface Locked {
  version?: string
  optionalDependencies?: Record<string, string>
}

it('locks the packages of every platform, so that npm ci works on all of them', async () => {
  const lock = new URL('../package-lock.json', import.meta.url)
  const { packages } = JSON.parse(await readFile(lock, 'utf8')) as {
    packages: Record<string, Locked>
  }
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`],
    ),
  )
  expect(missing).toEqual([])
})
