import { splitFullName } from '../../base/names/repository.js'
import type { ComponentsFile, ComponentValues } from '../schema/components.js'
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
    components[name] = {
      name,
      ...fullName,
      path: values.path.replace(/^(?:\.\/+)+/, '').replace(/\/+$/, '') || '.',
      versionFile: values.version_file ?? null,
      tag: values.tag,
      workflows: values.workflows,
      release: releaseOf(values.release),
      position: document.position(path),
    }
  }
  document.refuse(faults)
  return components
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
  /** File, id or display name, by the component's own name for it. */
  workflows: Record<string, string>
  release: ReleaseConfig
  position: Position
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
