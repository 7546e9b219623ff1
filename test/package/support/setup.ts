import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { install, pack } from './installed.js'
import { findNodes, type Nodes } from './nodes.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A folder in which only the package is installed. */
    consumer: string
    /** npm's output. */
    npmOutput: string
    /** Empty but in the project `nodes`. */
    nodes: Nodes
  }
}

/** Packs and installs once for all tests of the package. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const root = await mkdtemp(join(tmpdir(), 'wizard-package-'))
  // Another user runs its content.
  await chmod(root, 0o755)
  const consumer = join(root, 'consumer')
  project.provide('npmOutput', await install(await pack(root), consumer))
  project.provide('consumer', consumer)
  project.provide('nodes', project.name === 'nodes' ? await findNodes() : {})
  return () => rm(root, { recursive: true })
}
