import type { WizardEvent } from '../../events.js'
import { formatBytes } from '../../repos/describe.js'
import type { Handlers, Telling } from './progress.js'

/** Artifacts on their way. */
export function tellArtifacts({ say }: Telling) {
  const running = new Map<string, string>()
  const handlers = {
    'artifact-progress': (event) => {
      running.set(event.name, lineOf(event))
    },
    'artifact-done': ({ name, path, size }) => {
      running.delete(name)
      say(`${name} → ${path} (${formatBytes(size)})`)
    },
  } satisfies Handlers
  return { handlers, lines: () => [...running.values()].slice(0, 12) }
}

function lineOf(event: Extract<WizardEvent, { type: 'artifact-progress' }>): string {
  const { name, phase, done, total } = event
  const of = total === null ? '' : ` of ${formatBytes(total)}`
  return `${name}  ${phase} ${formatBytes(done)}${of}`
}
