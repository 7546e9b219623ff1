import { splitFullName } from '../../base/names/repository.js'
import type { ComponentsFile, ComponentValues, WorkflowValues } from '../schema/components.js'
import type { ConfigDocument } from '../yaml/document.js'
import type { Fault, Position } from '../yaml/place.js'

/** Reads the components, by name. @throws ConfigError */
export function readComponents(
  document: ConfigDocument<ComponentsFile>,
  owner: string | null,
): Record<string, Component> {
  const faults: Fault[] = []
  const components: Record<string, Component> = {}
  for (const [name, values] of Object.entries(document.value.components)) {
    const path = ['components', name]
    const fullName = splitFullName(values.repo, owner)
    if (fullName === null) {
      const message = 'has no owner; expected OWNER/NAME, or github.owner'
      faults.push({ path: [...path, 'repo'], message })
      continue
    }
    faults.push(...zonesWithoutSchedule(values, path))
    components[name] = {
      name,
      ...fullName,
      path: values.path.replace(/^(?:\.\/+)+/, '').replace(/\/+$/, '') || '.',
      versionFile: values.version_file ?? null,
      tag: values.tag,
      workflows: Object.fromEntries(
        Object.entries(values.workflows).map(([key, one]) => [
          key,
          workflowOf(one, (input) => document.text([...path, 'workflows', key, 'inputs', input])),
        ]),
      ),
      release: releaseOf(values.release),
      position: document.position(path),
    }
  }
  document.refuse(faults)
  return components
}

/** A time zone that nothing uses is most likely one of a forgotten schedule. */
const zonesWithoutSchedule = ({ workflows }: ComponentValues, path: string[]): Fault[] =>
  Object.entries(workflows).flatMap(([name, one]) =>
    typeof one === 'string' || one.timezone === undefined || one.run_schedule !== undefined
      ? []
      : {
          path: [...path, 'workflows', name, 'timezone'],
          message: 'has no run_schedule beside it, so it means nothing',
        },
  )

/** @param written how an input is written: `1.10` is not 1.1 */
function workflowOf(
  values: string | WorkflowValues,
  written: (input: string) => string | undefined,
): ComponentWorkflow {
  if (typeof values === 'string')
    return { file: values, ref: null, inputs: {}, runSchedule: null, timezone: null }
  const { file, ref = null, run_schedule: runSchedule = null, timezone = null } = values
  const inputs = Object.entries(values.inputs).map(([key, value]) => [
    key,
    typeof value === 'number' ? (written(key) ?? String(value)) : String(value),
  ])
  return { file, ref, inputs: Object.fromEntries(inputs), runSchedule, timezone }
}

function releaseOf({
  build,
  artifacts,
  checksums,
  sign,
  env,
}: ComponentValues['release']): ReleaseConfig {
  return {
    build,
    artifacts,
    checksums: checksums === true ? { sha256: 'SHA256SUMS' } : checksums || {},
    sign: sign === undefined ? [] : [sign].flat(),
    env,
  }
}

export interface Component {
  name: string
  owner: string
  repo: string
  /** The folder in the repository, without a slash at either end; `.` for its top. */
  path: string
  /** From the top of the repository. */
  versionFile: string | null
  /** With `{version}`. */
  tag: string
  /** By the component's own name for each. */
  workflows: Record<string, ComponentWorkflow>
  release: ReleaseConfig
  position: Position
}

export interface ComponentWorkflow {
  /** File, id or display name. */
  file: string
  /** A branch or a tag; null: the default branch. */
  ref: string | null
  inputs: Record<string, string>
  /** A cron expression. */
  runSchedule: string | null
  /** Of `runSchedule`, in the IANA database; null: local time. */
  timezone: string | null
}

export interface ReleaseConfig {
  /** Shell lines, run in order in the component's folder. */
  build: string[]
  /** Globs from the component's folder. */
  artifacts: string[]
  /** File names by algorithm; with `{artifact}` one for each artifact; empty: none. */
  checksums: Partial<Record<ChecksumAlgorithm, string>>
  sign: SignCommand[]
  /** Names of further variables that `build` and `sign` may see. */
  env: string[]
}

export type ChecksumAlgorithm = 'sha256' | 'md5'

export interface SignCommand {
  cmd: string
  /** With `{artifact}` and `{signature}`. */
  args: string[]
  /** The signature's file name, with `{artifact}`. */
  signature: string
  artifacts: 'checksum' | 'all'
}
