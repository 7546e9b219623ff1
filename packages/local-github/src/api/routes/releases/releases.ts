import { deleteRelease, latestRelease, type Release } from '../../../model/releases.js'
import type { Repository } from '../../../model/repository.js'
import type { Call } from '../../call.js'
import { notFound } from '../../errors.js'
import { page } from '../../page.js'
import { noContent, type Route, route } from '../../route.js'
import { releaseShape } from '../../shapes/release.js'
import { create, edit } from './changes.js'
import { previewNotes } from './notes.js'
import { releaseOf } from './release-of.js'

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
    call.world.hooks.released(repository, release, 'deleted')
    return noContent()
  }),
  route('POST /repos/{owner}/{repo}/releases/generate-notes', previewNotes),
]

function shaped({ addresses }: Call, repository: Repository, release: Release | undefined) {
  if (!release) throw notFound()
  return { data: releaseShape(addresses, repository, release) }
}
