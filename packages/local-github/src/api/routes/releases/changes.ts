import { resolve } from '../../../git/bare.js'
import { watchRefs } from '../../../hooks/watch-refs.js'
import {
  type LatestChoice,
  makeLatest,
  makeTag,
  publish,
  type Release,
  setPublished,
  targetOf,
} from '../../../model/releases.js'
import type { Repository } from '../../../model/repository.js'
import type { Call } from '../../call.js'
import { immutable, invalid } from '../../errors.js'
import { releaseShape } from '../../shapes/release.js'
import { addNotes } from './notes.js'
import { releaseOf } from './release-of.js'

const text = (value: unknown) => (typeof value === 'string' ? value : undefined)

/** https://docs.github.com/rest/releases/releases#create-a-release */
export async function create(call: Call) {
  const repository = call.writableRepository()
  const body = await call.body()
  const tag = text(body.tag_name)
  if (!tag) throw invalid({ resource: 'Release', code: 'missing_field', field: 'tag_name' })
  const choice = choiceOf(body.make_latest)
  const { world } = call
  const id = world.nextId()
  const time = world.now()
  const release: Release = {
    id,
    nodeId: world.nodeId('RE', id),
    tag,
    target: text(body.target_commitish) ?? repository.defaultBranch,
    name: text(body.name) ?? null,
    body: text(body.body) ?? null,
    draft: true,
    prerelease: body.prerelease === true,
    immutable: false,
    author: call.requireViewer(),
    createdAt: time,
    publishedAt: null,
    updatedAt: time,
    assets: [],
  }
  if (body.generate_release_notes === true) await addNotes(call, repository, release)
  assertLatest({ ...release, draft: body.draft === true }, body.make_latest)
  await check(repository, release, body.draft !== true)
  repository.releases.unshift(release)
  if (body.draft !== true) await publishNow(call, repository, { release, choice })
  announce(call, repository, release, ['created', ...(release.draft ? [] : publication(release))])
  return { status: 201, data: releaseShape(call.addresses, repository, release) }
}

/** https://docs.github.com/rest/releases/releases#update-a-release */
export async function edit(call: Call) {
  call.writableRepository()
  const { repository, release } = releaseOf(call)
  const body = await call.body()
  const choice = choiceOf(body.make_latest)
  const changed: Release = {
    ...release,
    tag: text(body.tag_name) ?? release.tag,
    target: text(body.target_commitish) ?? release.target,
    name: text(body.name) ?? release.name,
    body: text(body.body) ?? release.body,
    prerelease: typeof body.prerelease === 'boolean' ? body.prerelease : release.prerelease,
    updatedAt: call.world.now(),
  }
  const publishes = release.draft && body.draft === false
  assertLatest({ ...changed, draft: release.draft && !publishes }, body.make_latest)
  await check(repository, changed, publishes || !release.draft)
  if (release.immutable && changed.tag !== release.tag) throw immutable()
  // Nobody sees the new text of a release that is not yet published: both change at once.
  if (publishes) await watchRefs(call.world, repository, () => makeTag(repository, changed))
  Object.assign(release, changed)
  if (publishes) {
    setPublished(repository, release, call.world.now())
    makeLatest(repository, release, choice)
  } else if (body.draft === true) release.draft = true
  else if (body.make_latest !== undefined) makeLatest(repository, release, choice)
  announce(call, repository, release, publishes ? publication(release) : ['edited'])
  return { data: releaseShape(call.addresses, repository, release) }
}

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#release */
const publication = ({ prerelease }: Release) => [
  'published',
  prerelease ? 'prereleased' : 'released',
]

function announce({ world }: Call, repository: Repository, release: Release, actions: string[]) {
  for (const action of actions) world.hooks.released(repository, release, action)
}

/**
 * Drafts may share a tag; published releases may not. That check comes last, with nothing
 * asynchronous after it.
 */
async function check(repository: Repository, release: Release, published: boolean): Promise<void> {
  if ((release.body?.length ?? 0) > 125_000) {
    const message = 'body is too long (maximum is 125000 characters)'
    throw invalid({ resource: 'Release', code: 'custom', field: 'body', message })
  }
  if ((await resolve(repository.bare, 'HEAD')) === null) {
    throw invalid({ resource: 'Release', code: 'custom', message: 'Repository is empty.' })
  }
  if ((await targetOf(repository, release)) === null) {
    throw invalid({ resource: 'Release', code: 'invalid', field: 'target_commitish' })
  }
  const { releases } = repository
  const taken = releases.some(
    ({ id, tag, draft }) => tag === release.tag && !draft && id !== release.id,
  )
  if (published && taken) {
    throw invalid({ resource: 'Release', code: 'already_exists', field: 'tag_name' })
  }
  if (published && release.draft && repository.burntTags.has(release.tag)) throw burnt()
}

/** GitHub's three errors for a tag that an immutable release had. */
function burnt() {
  const resource = 'Release'
  const rule =
    'Repository rule violations found\n\nCannot create ref due to creations being restricted.'
  return invalid(
    { resource, code: 'custom', field: 'pre_receive', message: `pre_receive ${rule}\n\n` },
    {
      ...{ resource, code: 'custom', field: 'tag_name' },
      message: 'tag_name was used by an immutable release',
    },
    { resource, code: 'custom', message: 'Published releases must have a valid tag' },
  )
}

/** @throws ApiError 422 if a draft or a pre-release is explicitly made the latest */
function assertLatest({ draft, prerelease }: Release, choice: unknown): void {
  if (`${choice}` !== 'true' || !(draft || prerelease)) return
  const message = 'Latest release cannot be draft or prerelease.'
  throw invalid({ resource: 'Release', code: 'custom', message })
}

interface Publication {
  release: Release
  choice: LatestChoice
}

async function publishNow(
  { world }: Call,
  repository: Repository,
  { release, choice }: Publication,
) {
  await watchRefs(world, repository, () => publish(repository, release, world.now()))
  makeLatest(repository, release, choice)
}

/** Accepts a boolean too, although a string is documented. @throws ApiError 422 */
function choiceOf(value: unknown = 'true'): LatestChoice {
  const choice = `${value}`
  if (choice === 'true' || choice === 'false' || choice === 'legacy') return choice
  throw invalid({ resource: 'Release', code: 'invalid', field: 'make_latest' })
}
