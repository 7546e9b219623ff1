import { join } from 'node:path'
import {
  type Asset,
  assetName,
  deleteAsset,
  download,
  type Release,
} from '../../../model/releases.js'
import type { Repository } from '../../../model/repository.js'
import { storeBody } from '../../../store-body.js'
import type { Call } from '../../call.js'
import { ApiError, immutable, invalid, notFound } from '../../errors.js'
import { page } from '../../page.js'
import { noContent, type Route, route } from '../../route.js'
import { assetShape } from '../../shapes/release.js'
import { releaseOf } from './release-of.js'

/** https://docs.github.com/rest/releases/assets */
export const releaseAssetRoutes: Route[] = [
  route('GET /repos/{owner}/{repo}/releases/{release_id}/assets', (call) => {
    const { repository, release } = releaseOf(call)
    const { items, headers } = page(call, release.assets)
    const data = items.map((asset) => assetShape(call.addresses, repository, { release, asset }))
    return { data, headers }
  }),
  route('GET /repos/{owner}/{repo}/releases/assets/{asset_id}', (call) => {
    const { repository, release, asset } = assetOf(call)
    if (!call.accepts('application/octet-stream')) {
      return { data: assetShape(call.addresses, repository, { release, asset }) }
    }
    if (asset.state !== 'uploaded') throw notFound()
    return call.toStorage(download(asset))
  }),
  route('PATCH /repos/{owner}/{repo}/releases/assets/{asset_id}', async (call) => {
    call.writableRepository()
    const { repository, release, asset } = assetOf(call)
    const { name, label } = await call.body()
    if (typeof name === 'string' && name !== asset.name) asset.name = freeName(release, name)
    if (typeof label === 'string') asset.label = label
    return { data: assetShape(call.addresses, repository, { release, asset }) }
  }),
  route('DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}', async (call) => {
    call.writableRepository()
    const { release, asset } = assetOf(call)
    if (release.immutable) throw immutable()
    await deleteAsset(release, asset)
    return noContent()
  }),
  route('POST {origin}/repos/{owner}/{repo}/releases/{release_id}/assets{?name,label}', upload),
]

function assetOf(call: Call): { repository: Repository; release: Release; asset: Asset } {
  const repository = call.repository()
  const id = call.id('asset_id')
  for (const release of repository.releases) {
    const asset = release.assets.find((candidate) => candidate.id === id)
    if (asset && (!release.draft || call.viewer)) return { repository, release, asset }
  }
  throw notFound()
}

/** @throws ApiError 422 if another asset has that name */
function freeName(release: Release, name: string): string {
  const safe = assetName(name)
  if (release.assets.some((asset) => asset.name === safe)) {
    throw invalid({ resource: 'ReleaseAsset', code: 'already_exists', field: 'name' })
  }
  return safe
}

const mostBytes = 2 ** 31

/**
 * The asset exists from the first byte on, as `starter`, and keeps that state if the upload breaks
 * off.
 */
async function upload(call: Call) {
  const repository = call.writableRepository()
  const { release } = releaseOf(call)
  if (release.immutable) throw immutable()
  const asset = starter(call, release)
  release.assets.push(asset)
  const { size, sha256 } = await storeBody(call.request, asset.file)
  if (size !== call.contentLength()) throw new ApiError(400, 'Bad Content-Length')
  const digest = `sha256:${sha256}`
  Object.assign(asset, { size, digest, state: 'uploaded', updatedAt: call.world.now() })
  return { status: 201, data: assetShape(call.addresses, repository, { release, asset }) }
}

function starter(call: Call, release: Release): Asset {
  const { world, query, request } = call
  const asked = query.get('name')
  if (!asked) throw invalid({ resource: 'ReleaseAsset', code: 'missing_field', field: 'name' })
  if ((call.contentLength() ?? 0) >= mostBytes) {
    const message = `size must be less than ${mostBytes}`
    throw invalid({ resource: 'ReleaseAsset', code: 'custom', field: 'size', message })
  }
  if (call.contentLength() === 0) {
    const message = 'size must be greater than or equal to 1'
    throw invalid({ resource: 'ReleaseAsset', code: 'custom', field: 'size', message })
  }
  const id = world.nextId()
  const time = world.now()
  return {
    id,
    nodeId: world.nodeId('RA', id),
    name: freeName(release, asked),
    label: query.get('label') ?? '',
    state: 'starter',
    contentType: request.headers.get('content-type') ?? 'application/octet-stream',
    file: join(world.folder, `asset-${id}`),
    size: 0,
    digest: '',
    downloads: 0,
    uploader: call.requireViewer(),
    createdAt: time,
    updatedAt: time,
  }
}
