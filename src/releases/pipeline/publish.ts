import { explainError } from '../../base/fs/system-error.js'
import { logMarks } from '../../logs/marks.js'
import type { Lock } from '../../process/lock.js'
import { assertNoneLive } from '../drafts/draft.js'
import { assertShort } from '../drafts/mark.js'
import { notesFor } from '../notes/notes.js'
import { tagOf } from '../versions/versions.js'
import { alreadyPublished, finish } from './finish.js'
import { assertNamedVersion, assertReleasable, findOwn } from './judge.js'
import { type BuildSession, collectArtifacts, makeAssets } from './make.js'
import { planPublish } from './plan.js'
import { type ReleaseServer, readRemote } from './remote.js'
import {
  buildLines,
  type PublishFacts,
  type PublishPlan,
  type PublishRequest,
  type PublishResult,
} from './request.js'
import { readSource } from './source.js'

export interface PublishSession extends BuildSession {
  server: ReleaseServer
  /** Locks a component against other wizards in this root. */
  lock(component: string, command: string): Promise<Lock>
}

/**
 * From source to published, once: checks and plans everything before it creates anything. After a
 * failure, a kill or a lost answer, the next run continues where this one stopped.
 *
 * @throws UsageError, ConfigError, PathError, ConflictError before anything is created; WizardError
 *   if a command fails; GitHubError and its subclasses; LockedError if another run on this machine or
 *   another one is at work
 */
export async function publish(
  session: PublishSession,
  request: PublishRequest,
): Promise<PublishResult> {
  const { name } = request.subject.component
  if (request.dryRun) return runPipeline(session, request)
  const lock = await session.lock(name, `RELEASE PUBLISH ${name}`)
  try {
    return await runPipeline(session, request)
  } catch (error) {
    const { message } = explainError(error)
    session.log.write('releases', 'ERROR', `${logMarks.bad} ${name}: ${message}`)
    throw error
  } finally {
    await lock.release()
  }
}

async function runPipeline(
  session: PublishSession,
  request: PublishRequest,
): Promise<PublishResult> {
  const facts = await gather(session, request)
  if (facts.found.published !== null) return alreadyPublished(session, request, facts)
  await assertNoneLive(session, facts.found.drafts)
  assertReleasable(request, facts.source, facts.remote)
  // Existing artifacts are checked before anything is created; built ones after the build.
  if (buildLines(request).length === 0) await collectArtifacts(request)
  const notes = await notesOf(session, request, facts)
  const plan = planPublish({ request, ...facts, notes, now: session.clock.now() })
  for (const message of plan.warnings) session.emit({ type: 'warning', message })
  if (request.dryRun) return { kind: 'planned', plan }
  if (request.confirm !== undefined && !(await request.confirm(plan))) {
    return { kind: 'declined', plan }
  }
  return make(session, request, facts, plan)
}

async function gather(session: PublishSession, request: PublishRequest): Promise<PublishFacts> {
  const { subject, named } = request
  session.emit({ type: 'step', message: `check: ${request.source}` })
  const source = await readSource(request)
  assertNamedVersion(subject, named, source.version)
  const tag = tagOf(subject.component.tag, source.version)
  const remote = await readRemote(session, subject, { tag, head: source.head })
  return { tag, source, remote, found: findOwn(subject, tag, source, remote) }
}

async function make(
  session: PublishSession,
  request: PublishRequest,
  facts: PublishFacts,
  plan: PublishPlan,
): Promise<PublishResult> {
  const { repo, tag, commit } = plan
  session.log.write('releases', 'INFO', `Publishing ${repo} ${tag} at ${commit.slice(0, 7)}`)
  const { assets, discard } = await makeAssets(session, request, facts)
  try {
    const result = await finish(session, request, { facts, plan, assets })
    const { url } = result.release
    if (result.kind === 'already-published') return result
    const done = `${repo} ${tag} (${assets.length} assets): ${url}`
    session.log.write(
      'releases',
      'INFO',
      `${logMarks.good} ${result.kind === 'draft' ? 'draft' : 'published'} ${done}`,
    )
    return result
  } finally {
    await discard()
  }
}

/**
 * The text of the release's page.
 *
 * @throws UsageError for a text that is longer than GitHub accepts
 */
function notesOf(
  session: PublishSession,
  { subject, notes }: PublishRequest,
  { tag, source, remote: { tags } }: PublishFacts,
): Promise<string> | string {
  if (notes.kind === 'text') return assertShort(notes.text)
  const { head, dir } = source
  const github = notes.kind === 'github'
  return notesFor(session, { subject, tag, commit: head, source: dir, tags, github })
}
