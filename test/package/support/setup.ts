import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { install, pack } from './installed.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A folder in which the package is the one thing that was installed. */
    consumer: string
    /** What npm printed. */
    npmOutput: string
  }
}

/** Packs and installs once for all tests of the package. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const root = await mkdtemp(join(tmpdir(), 'wizard-package-'))
  const consumer = join(root, 'consumer')
  project.provide('npmOutput', await install(await pack(root), consumer))
  project.provide('consumer', consumer)
  return () => rm(root, { recursive: true })
}
