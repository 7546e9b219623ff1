import { UsageError } from '../../base/errors.js'
import type { Repo } from '../../base/names/repository.js'
import { findWorkflow, workflowFileOf } from '../../github/rest/actions/workflows.js'
import type { Invocation } from '../../invocation.js'
import { lines, type Page } from '../../terminal/page.js'
import type { Terminal } from '../../terminal/terminal.js'
import { lengthFormat } from '../../terminal/times.js'
import type { WorkflowRun } from '../../workflows/run-data.js'
import { failedOrNeverStarted, isGood } from '../../workflows/watch/conclusion.js'
import { repositoryFlag } from '../targets.js'
import { defineVerb } from '../verb.js'
import { openPage, WebPage, webFlag } from '../web.js'
import { repositoryOrWorkflow } from './target.js'

/** As many as a person reads; a script sets its own limit. */
const usualLimit = 30

export const runs = defineVerb({
  name: 'runs',
  summary: 'list the runs of a workflow or repository, newest first',
  examples: [
    { command: 'wizard WORKFLOW RUNS core/tests', does: 'the last 30' },
    {
      command: 'wizard WORKFLOW RUNS uDOS/uDOS --status failure --branch main',
      does: 'those that failed on main',
    },
  ],
  args: [
    {
      name: 'target',
      summary: 'a workflow (component/workflow …) or a repository',
      optional: true,
    },
  ],
  flags: {
    status: { type: 'text', value: 'S', summary: 'a status or conclusion: in_progress, failure …' },
    branch: { type: 'text', value: 'B', summary: 'on this branch' },
    event: { type: 'text', value: 'E', summary: 'of this event: push, schedule …' },
    commit: { type: 'text', value: 'SHA', summary: 'of this commit, a branch or a tag' },
    user: { type: 'text', value: 'U', summary: 'started by this user' },
    limit: { type: 'integer', value: 'N', min: 1, max: 1000, summary: `at most N (${usualLimit})` },
    ...repositoryFlag,
    ...webFlag,
  },
  async run(invocation, [target], flags) {
    const { repo: flag, limit = usualLimit, commit, user, web, ...filter } = flags
    const { owner, repo, workflow } = await repositoryOrWorkflow(invocation, target, flag)
    if (web) return openRuns(invocation, { owner, repo, workflow }, { commit, user, ...filter })
    const runner = await invocation.workflowRunner()
    const of = { ...filter, commit, actor: user, limit, workflow: workflow ?? undefined }
    return runner.listRuns(owner, repo, of, invocation.call)
  },
  isLong: true,
  render: (found, { terminal }) =>
    found instanceof WebPage ? lines(found.url) : runsPage(found, terminal),
})

const runsPage = (found: WorkflowRun[], terminal: Terminal): Page => ({
  kind: 'table',
  columns: [
    { title: 'RUN', align: 'right' },
    { title: 'WORKFLOW', cut: 'middle' },
    { title: 'STATE', tone: toneOf },
    { title: 'REF', cut: 'middle', spare: 2 },
    { title: 'TOOK', spare: 1, align: 'right' },
    { title: 'CREATED', spare: 3 },
  ],
  rows: found.map((one) => rowOf(one, terminal)),
  empty: 'no runs found',
})

const toneOf = (state: string) =>
  isGood(state) ? 'good' : failedOrNeverStarted({ conclusion: state }) ? 'bad' : 'warning'

const rowOf = (one: WorkflowRun, { out, ageOf }: Terminal) => [
  { text: String(one.run_id), link: one.html_url },
  one.workflow,
  one.conclusion ?? one.status,
  one.ref ?? '',
  lengthFormat(out)(one.duration_seconds),
  ageOf(one.created_at),
]

/** The page of a workflow's runs, or of all, with the filters that it has. */
async function openRuns(
  invocation: Invocation,
  { owner, repo, workflow }: Repo & { workflow: string | null },
  { commit, user, status, branch, event }: Record<string, string | undefined>,
): Promise<WebPage> {
  if (commit !== undefined) {
    throw new UsageError('the page of runs has no filter by commit', {
      hint: 'omit --web or --commit',
    })
  }
  const github = await invocation.github()
  const found = workflow === null ? null : await findWorkflow(github, owner, repo, workflow)
  const filters = Object.entries({ branch, event, actor: user, is: status })
  const query = filters.flatMap(([name, value]) => (value === undefined ? [] : `${name}:${value}`))
  const page = found === null ? '' : `/workflows/${encodeURIComponent(workflowFileOf(found.path))}`
  const search = query.length === 0 ? '' : `?${new URLSearchParams({ query: query.join(' ') })}`
  return openPage(invocation, `${github.gitUrl}/${owner}/${repo}/actions${page}${search}`)
}
