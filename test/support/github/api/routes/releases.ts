import { resolve } from '../../git/bare.js'
import { log } from '../../git/read.js'
import {
  deleteRelease,
  latestRelease,
  makeLatest,
  publish,
  targetOf,
} from '../../model/releases.js'
import { fullName, type Release, type Repository } from '../../model/types.js'
import type { Call } from '../call.js'
import { ApiError, invalid, notFound } from '../errors.js'
import { page } from '../page.js'
import { noContent, type Route, route } from '../route.js'
import { releaseShape } from '../shapes/release.js'

/** https://docs.github.com/rest/releases/releases */
export const releaseRoutes: Route[] = [
  route('GET /repos/{owner}/{repo}/releases', (call) => {
    const repository = call.repository()
    const seen = repository.releases.filter(({ draft }) => !draft || call.viewer !== null)
    const { items, headers } = page(call, seen)
    return { data: items.map((item) => releaseShape(call.addresses, repository, item)), headers }
  }),
  route('GET /repos/{owner}/{repo}/releases/latest', (call) => {
    const repository = call.repository()
    return shaped(call, repository, latestRelease(repository))
  }),
  route('GET /repos/{owner}/{repo}/releases/tags/{tag}', (call) => {
    const repository = call.repository()
    const tag = call.parameter('tag')
    const published = repository.releases.filter(({ draft }) => !draft)
    return shaped(
      call,
      repository,
      published.find((release) => release.tag === tag),
    )
  }),
  route('GET /repos/{owner}/{repo}/releases/{release_id}', (call) => {
    const { repository, release } = releaseOf(call)
    return shaped(call, repository, release)
  }),
  route('POST /repos/{owner}/{repo}/releases', create),
  route('PATCH /repos/{owner}/{repo}/releases/{release_id}', edit),
  route('DELETE /repos/{owner}/{repo}/releases/{release_id}', async (call) => {
    call.writableRepository()
    const { repository, release } = releaseOf(call)
    await deleteRelease(repository, release)
    return noContent()
  }),
  route('POST /repos/{owner}/{repo}/releases/generate-notes', async (call) => {
    const repository = call.writableRepository()
    const { tag_name: tag, target_commitish, previous_tag_name } = await call.body()
    if (typeof tag !== 'string') throw missing('tag_name')
    const target = text(target_commitish) ?? repository.defaultBranch
    const body = await generateNotes(call, repository, {
      tag,
      target,
      previous: text(previous_tag_name),
    })
    return { data: { name: tag, body } }
  }),
]

function shaped({ addresses }: Call, repository: Repository, release: Release | undefined) {
  if (!release) throw notFound()
  return { data: releaseShape(addresses, repository, release) }
}

/** The release in the path; a draft is there only for who may write. @throws ApiError 404 */
export function releaseOf(call: Call): { repository: Repository; release: Release } {
  const repository = call.repository()
  const id = call.id('release_id')
  const release = repository.releases.find((candidate) => candidate.id === id)
  if (!release || (release.draft && !call.viewer)) throw notFound()
  return { repository, release }
}

const missing = (field: string) => invalid({ resource: 'Release', code: 'missing_field', field })
const text = (value: unknown) => (typeof value === 'string' ? value : undefined)

async function create(call: Call) {
  const repository = call.writableRepository()
  const body = await call.body()
  const tag = text(body.tag_name)
  if (!tag) throw missing('tag_name')
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
  await check(repository, release, body.draft !== true)
  if (body.generate_release_notes === true) await addNotes(call, repository, release)
  repository.releases.unshift(release)
  if (body.draft !== true) await publishNow(call, repository, { release, choice: body.make_latest })
  return { status: 201, data: releaseShape(call.addresses, repository, release) }
}

async function edit(call: Call) {
  call.writableRepository()
  const { repository, release } = releaseOf(call)
  const body = await call.body()
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
  await check(repository, changed, publishes || !release.draft)
  if (release.immutable && changed.tag !== release.tag) throw immutable()
  Object.assign(release, changed)
  if (publishes) await publishNow(call, repository, { release, choice: body.make_latest })
  else if (body.draft === true) release.draft = true
  else if (body.make_latest !== undefined)
    makeLatest(repository, release, choiceOf(body.make_latest))
  return { data: releaseShape(call.addresses, repository, release) }
}

export const immutable = () => new ApiError(422, 'Cannot modify an immutable release.')

/** Drafts may share a tag; of published ones it is unique. */
async function check(repository: Repository, release: Release, published: boolean): Promise<void> {
  const { releases } = repository
  const taken = releases.some(
    ({ id, tag, draft }) => tag === release.tag && !draft && id !== release.id,
  )
  if (published && taken) {
    throw invalid({ resource: 'Release', code: 'already_exists', field: 'tag_name' })
  }
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
}

interface Publication {
  release: Release
  choice: unknown
}

async function publishNow(
  { world }: Call,
  repository: Repository,
  { release, choice }: Publication,
) {
  await publish(repository, release, world.now())
  makeLatest(repository, release, choiceOf(choice))
}

/** A boolean is taken too, though a string is documented. @throws ApiError 422 */
function choiceOf(value: unknown = 'true'): 'true' | 'false' | 'legacy' {
  const choice = `${value}`
  if (choice === 'true' || choice === 'false' || choice === 'legacy') return choice
  throw invalid({ resource: 'Release', code: 'invalid', field: 'make_latest' })
}

async function addNotes(call: Call, repository: Repository, release: Release): Promise<void> {
  const notes = await generateNotes(call, repository, { ...release, previous: undefined })
  release.name ??= release.tag
  release.body = release.body ? `${release.body}\n\n${notes}` : notes
}

interface NotesRequest {
  tag: string
  target: string
  previous: string | undefined
}

async function generateNotes({ addresses }: Call, repository: Repository, request: NotesRequest) {
  const commit = await targetOf(repository, request)
  const previous = request.previous ?? latestRelease(repository)?.tag
  if (commit === null)
    throw invalid({ resource: 'Release', code: 'invalid', field: 'target_commitish' })
  const revision = previous === undefined ? commit : `refs/tags/${previous}..${commit}`
  const changes = await log(repository.bare, { revision })
  const page = `${addresses.git}/${fullName(repository)}`
  const link =
    previous === undefined ? `commits/${request.tag}` : `compare/${previous}...${request.tag}`
  const lines = changes.map(({ message }) => `* ${message.split('\n')[0]}`)
  return `## What's Changed\n${lines.join('\n')}\n\n**Full Changelog**: ${page}/${link}`
}
