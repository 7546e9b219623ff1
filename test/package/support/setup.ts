import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { install, pack } from './installed.js'
import { findNodes, type Nodes } from './nodes.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A folder in which the package is the one thing that was installed. */
    consumer: string
    /** What npm printed. */
    npmOutput: string
    /** Empty but in the project `nodes`. */
    nodes: Nodes
  }
}

/** Packs and installs once for all tests of the package. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const root = await mkdtemp(join(tmpdir(), 'wizard-package-'))
  // Another user runs what is in it.
  await chmod(root, 0o755)
  const consumer = join(root, 'consumer')
  project.provide('npmOutput', await install(await pack(root), consumer))
  project.provide('consumer', consumer)
  project.provide('nodes', project.name === 'nodes' ? await findNodes() : {})
  return () => rm(root, { recursive: true })
}
