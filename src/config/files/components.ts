import { splitFullName } from '../../base/names/repository.js'
import type { ComponentsFile, ComponentValues } from '../schema/components.js'
import type { Component, ReleaseConfig } from '../types.js'
import type { ConfigDocument } from '../yaml/document.js'
import type { Fault } from '../yaml/tree.js'

/** The components by name. @throws ConfigError */
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
