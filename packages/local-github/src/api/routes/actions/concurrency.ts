import type { Repository } from '../../../model/repository.js'
import type { Run } from '../../../model/runs.js'
import type { Call } from '../../call.js'
import { notFound } from '../../errors.js'
import { type Route, route } from '../../route.js'
import { runPage } from '../../shapes/actions.js'
import { runOf } from './runs.js'

/** Concurrency groups of whole runs: https://docs.github.com/rest/actions/concurrency-groups */
export const concurrencyRoutes: Route[] = [
  route('GET /repos/{owner}/{repo}/actions/runs/{run_id}/concurrency_groups', (call) => {
    const { repository, run } = runOf(call)
    if (run.group === null) return { data: { total_count: 0, concurrency_groups: [] } }
    const members = membersOf(repository, run.group)
    const group_members = members
      .map((member, position) => ({
        ...memberShape(call, repository, member),
        position,
        position_url: '',
      }))
      .filter(({ run_id }) => run_id === run.id)
    const group = { group_name: run.group, group_url: '', group_members }
    return { data: { total_count: 1, concurrency_groups: [group] } }
  }),
  route('GET /repos/{owner}/{repo}/actions/concurrency_groups/{concurrency_group_name}', (call) => {
    const repository = call.repository()
    const group_name = call.parameter('concurrency_group_name')
    const members = membersOf(repository, group_name)
    if (members.length === 0) throw notFound()
    const group_members = members.map((member) => memberShape(call, repository, member))
    return { data: { group_name, group_url: '', total_count: members.length, group_members } }
  }),
]

/** The one that holds the group first. */
const membersOf = ({ runs }: Repository, group: string): Run[] =>
  runs
    .filter((run) => run.group === group && run.status !== 'completed')
    .sort((one, other) => one.id - other.id)

function memberShape({ addresses }: Call, repository: Repository, run: Run) {
  const status = run.status === 'pending' ? ('pending' as const) : ('in_progress' as const)
  return {
    ...{ run_id: run.id, run_name: run.title, run_url: null, status },
    run_html_url: runPage(addresses, repository, run),
  }
}
