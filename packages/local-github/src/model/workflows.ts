import type { Endpoints } from '@octokit/types'
import { parse } from 'yaml'
import { listTree, readBlob, resolveCommit } from '../git/read.js'
import type { Repository } from './repository.js'
import type { World } from './world.js'

type WorkflowData =
  Endpoints['GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}']['response']['data']

export interface WorkflowRecord {
  id: number
  nodeId: string
  state: WorkflowData['state']
  createdAt: string
}

export interface Workflow extends WorkflowRecord {
  name: string
  /** `.github/workflows/tests.yml` */
  path: string
  definition: WorkflowDefinition
}

export interface WorkflowDefinition {
  name?: string
  /** Inputs by name; null if it can't be dispatched. */
  dispatch: Record<string, WorkflowInput | null> | null
  /** By id. */
  jobs: Record<string, { name?: string; steps?: { name?: string; run?: string; uses?: string }[] }>
}

export interface WorkflowInput {
  required?: boolean
  default?: unknown
  type?: 'string' | 'boolean' | 'choice' | 'number' | 'environment'
  options?: string[]
}

const folder = '.github/workflows'

/**
 * The workflows of the default branch, from the files in git. Each keeps its id as long as its
 * path.
 */
export async function listWorkflows(world: World, repository: Repository): Promise<Workflow[]> {
  const definitions = await definitionsAt(repository, `refs/heads/${repository.defaultBranch}`)
  return [...definitions].map(([path, definition]) => {
    const record = recordOf(world, repository, path)
    return { ...record, name: definition.name ?? path, path, definition }
  })
}

/** By id, file name or path. */
export async function findWorkflow(world: World, repository: Repository, key: string) {
  const workflows = await listWorkflows(world, repository)
  return workflows.find(
    ({ id, path }) => `${id}` === key || path === key || path === `${folder}/${key}`,
  )
}

/** A workflow on another branch or tag; undefined if it is not there. */
export async function definitionOn(repository: Repository, revision: string, path: string) {
  return (await definitionsAt(repository, revision)).get(path)
}

async function definitionsAt(repository: Repository, revision: string): Promise<Definitions> {
  const commit = await resolveCommit(repository.bare, revision)
  if (commit === null) return new Map()
  const { definitions } = repository
  const known = definitions.get(commit) ?? (await readDefinitions(repository.bare, commit))
  definitions.set(commit, known)
  return known
}

/** By path. */
export type Definitions = Map<string, WorkflowDefinition>

async function readDefinitions(bare: string, commit: string): Promise<Definitions> {
  const definitions: Definitions = new Map()
  for (const { path, oid } of await listTree(bare, commit, true)) {
    if (!/^\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) continue
    definitions.set(path, parseDefinition((await readBlob(bare, oid)).toString()))
  }
  return definitions
}

function parseDefinition(text: string): WorkflowDefinition {
  const { name, on, jobs = {} } = parse(text) ?? {}
  return { name, dispatch: dispatchInputs(on), jobs }
}

/** `on` is an event, a list of events, or a map with the settings of each. */
function dispatchInputs(on: unknown): Record<string, WorkflowInput | null> | null {
  const event = 'workflow_dispatch'
  if (on === event || (Array.isArray(on) && on.includes(event))) return {}
  if (typeof on !== 'object' || on === null || !(event in on)) return null
  const settings = on[event] as { inputs?: Record<string, WorkflowInput | null> } | null
  return settings?.inputs ?? {}
}

function recordOf(world: World, repository: Repository, path: string): WorkflowRecord {
  const known = repository.workflows.get(path)
  if (known) return known
  const id = world.nextId()
  const record: WorkflowRecord = {
    id,
    nodeId: world.nodeId('W', id),
    state: 'active',
    createdAt: world.now(),
  }
  repository.workflows.set(path, record)
  return record
}
