import { NotFoundError } from '../base/errors.js'
import { isSameName, type Repo } from '../base/names/repository.js'
import { didYouMean, oneLine } from '../base/text.js'
import type { Component } from '../config/files/components.js'
import type { ZonedSchedule } from './times.js'

/** A workflow of components.yaml with a `run_schedule`. */
export interface ScheduledWorkflow extends Repo, ZonedSchedule {
  /** `component/workflow`, as components.yaml names them. */
  name: string
  component: string
  /** File, id or display name. */
  file: string
  /** A branch or a tag; null: the default branch. */
  ref: string | null
  inputs: Record<string, string>
}

type Components = Record<string, Component>

export const scheduledIn = (components: Components): ScheduledWorkflow[] =>
  Object.values(components).flatMap(({ name: component, owner, repo, workflows }) =>
    Object.entries(workflows).flatMap(([own, { runSchedule: schedule, ...workflow }]) =>
      schedule === null
        ? []
        : [{ ...workflow, name: `${component}/${own}`, component, owner, repo, schedule }],
    ),
  )

/**
 * The scheduled workflows of the targets: components, or `component/workflow`, in any case; of none,
 * or ALL, every one.
 *
 * @throws NotFoundError for a target without a scheduled workflow
 */
export function selectScheduled(components: Components, targets: string[]): ScheduledWorkflow[] {
  const all = scheduledIn(components)
  if (targets.length === 0 || targets.some((text) => isSameName(text, 'all'))) return all
  const strange = targets.find((text) => !all.some((one) => isNamedBy(one, text)))
  if (strange !== undefined) throw notScheduled(strange, components, all)
  return all.filter((one) => targets.some((text) => isNamedBy(one, text)))
}

export const isNamedBy = ({ name, component }: ScheduledWorkflow, text: string): boolean =>
  isSameName(name, text) || isSameName(component, text)

function notScheduled(
  text: string,
  components: Components,
  all: ScheduledWorkflow[],
): NotFoundError {
  const names = all.map(({ name }) => name)
  const known = Object.values(components).flatMap(({ name, workflows }) => [
    name,
    ...Object.keys(workflows).map((own) => `${name}/${own}`),
  ])
  const isKnown = known.some((name) => isSameName(name, text))
  const shown = oneLine(text, 100)
  const hint =
    names.length === 0
      ? 'no workflow of components.yaml has a run_schedule'
      : (didYouMean(text, names) ?? `scheduled: ${names.join(', ')}`)
  return new NotFoundError(
    isKnown
      ? `${shown} has no run_schedule`
      : `components.yaml has no component or workflow ${shown}`,
    { hint: oneLine(hint, 400) },
  )
}
