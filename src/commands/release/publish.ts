import { resolve } from 'node:path'
import { PathError } from '../../base/errors.js'
import { fullNameOf } from '../../base/names/repository.js'
import type { Invocation } from '../../invocation.js'
import type {
  ComponentSubject,
  PublishPlan,
  PublishResult,
} from '../../releases/pipeline/request.js'
import { marks } from '../../terminal/marks.js'
import { lines, type Page } from '../../terminal/page.js'
import { defineVerb } from '../verb.js'
import { notesChoice, notesFlags, releaseOutputs } from './shared.js'
import { componentTarget, sourceTree } from './target.js'

export const publish = defineVerb({
  name: 'publish',
  summary: 'build, sign, upload, verify and publish a release',
  examples: [
    { command: 'wizard RELEASE PUBLISH core --dry-run', does: 'show what would be done' },
    {
      command: 'wizard RELEASE PUBLISH core',
      does: 'shows the plan and asks; after a failure, run it again to resume',
    },
    { command: 'wizard RELEASE PUBLISH core@1.2.3 --yes', does: 'only if version_file says 1.2.3' },
    {
      command: 'wizard RELEASE PUBLISH core dist/core.tcz dist/core.iso',
      does: 'files that another program built',
    },
    { command: 'wizard RELEASE PUBLISH core --draft', does: 'stops at the verified draft' },
  ],
  args: [
    { name: 'target', summary: 'component, or component@version' },
    {
      name: 'file',
      summary: "files to publish instead of the component's artifacts; skips the build",
      optional: true,
      variadic: true,
    },
  ],
  flags: {
    source: { type: 'text', value: 'DIR', summary: 'the work tree to release' },
    'dry-run': { type: 'boolean', summary: 'print the plan, and change nothing' },
    draft: { type: 'boolean', summary: 'stop at the verified draft' },
    'skip-build': { type: 'boolean', summary: 'use the artifacts as they are' },
    'allow-backport': { type: 'boolean', summary: "allow a version below the component's last" },
    ...notesFlags,
  },
  async run(invocation, [target = '', ...files], flags): Promise<PublishResult> {
    const { subject, named } = await componentTarget(invocation, target)
    const notes = await notesChoice(invocation, flags)
    const manager = await invocation.releaseManager()
    return manager.publish(
      {
        subject,
        named,
        source: await requireSource(invocation, subject, flags.source),
        files: files.map((file) => resolve(invocation.cwd, file)),
        notes,
        dryRun: flags['dry-run'],
        draft: flags.draft,
        skipBuild: flags['skip-build'],
        allowBackport: flags['allow-backport'],
        env: invocation.env,
        confirm: (plan) => confirmPlan(invocation, plan),
      },
      invocation.call,
    )
  },
  json: (result) => ('plan' in result ? result.plan : { ...result.release, result: result.kind }),
  render: pageOf,
  outputs: (result) => ('release' in result ? releaseOutputs(result.release) : {}),
})

async function requireSource(
  invocation: Invocation,
  subject: ComponentSubject,
  flag: string | undefined,
): Promise<string> {
  const dir = await sourceTree(invocation, subject, flag)
  if (dir !== null) return dir
  throw new PathError(`no work tree of ${fullNameOf(subject)} found here`, {
    hint: `run this in a clone of it, give --source DIR, or run wizard REPO SYNC ${subject.repo}`,
  })
}

/** A person sees the plan and confirms it; a script has decided already. */
async function confirmPlan({ terminal }: Invocation, plan: PublishPlan): Promise<boolean> {
  if (!terminal.canAsk) return true
  for (const line of planLines(plan)) terminal.note(line)
  return terminal.confirm(`Publish ${plan.tag} of ${plan.repo}?`)
}

function pageOf(result: PublishResult, { globals }: Invocation): Page {
  if (result.kind === 'planned') return lines(...planLines(result.plan))
  if (result.kind === 'declined') return lines('Nothing was changed.')
  const { tag, url } = result.release
  if (globals.quiet) return lines(url)
  const said = {
    'already-published': `${tag} is already published: ${url}`,
    published: `${marks.good} ${tag} published: ${url}`,
    draft: `${marks.good} ${tag} is a verified draft: ${url}`,
  }
  return lines(said[result.kind])
}

/** The plan, one step per line, and the notes below. */
export function planLines(plan: PublishPlan): string[] {
  const { repo, tag, commit, previous_tag: previous, prerelease, latest, steps, notes } = plan
  const kind = prerelease ? 'pre-release' : latest ? 'latest' : 'not the latest'
  const width = Math.max(...steps.map(({ step }) => step.length))
  return [
    `${repo} ${tag} (${kind}) at ${commit}${previous === null ? '' : `, after ${previous}`}`,
    ...steps.map(({ step, does }) => `  ${step.padEnd(width)}  ${does}`),
    'notes:',
    ...notes
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`.trimEnd()),
  ]
}
