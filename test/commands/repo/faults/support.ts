import { createHash } from 'node:crypto'
import { openWorkspace, type Workspace, type WorkspaceOptions } from '../../../support/workspace.js'

/** Long enough that a changed byte of the answer is in the pack. */
const noise = Array.from({ length: 20 }, (_, index) =>
  createHash('sha512').update(`a fixed seed ${index}`).digest('base64'),
).join(' ')
const files = { 'a.txt': 'one\n', 'sub/b.txt': `two\n${noise}` }

/** A root whose repos.yaml names two repositories, `typo` and `micro`, which are not cloned yet. */
export async function openTwo(options: WorkspaceOptions = {}): Promise<Workspace> {
  const work = await openWorkspace(options)
  await work.github.addRepository('uDOS/typo', { files })
  await work.github.addRepository('uDOS/micro', { files })
  await work.repos({ tools: [{ repo: 'typo' }, { repo: 'micro' }] })
  return work
}

export const statuses = (json: { repositories: { status: string }[] }) =>
  json.repositories.map(({ status }) => status)
