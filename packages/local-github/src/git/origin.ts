import type { Addresses } from '../addresses.js'
import { watchRefs } from '../hooks/watch-refs.js'
import { answerLfs } from '../lfs/endpoint.js'
import { download } from '../model/releases.js'
import { fullName, type Repository } from '../model/repository.js'
import type { World } from '../model/world.js'
import type { Storage } from '../storage.js'
import { accessOf, type Granted } from './access.js'
import { httpBackend } from './http-backend.js'
import { uploadPack } from './upload-pack.js'

export interface GitOriginOptions {
  protocolV2: boolean
}

interface GitCall {
  world: World
  storage: Storage
  request: Request
  path: string
  addresses: Addresses
  options: GitOriginOptions
}

const shape =
  /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/(?:info\/refs|git-upload-pack|git-receive-pack|info\/lfs\/.+))$/
const assetPath = /^\/([^/]+\/[^/]+)\/releases\/download\/(.+)\/([^/]+)$/

/** Smart HTTP and LFS as on github.com. */
export async function gitOrigin(call: GitCall): Promise<Response> {
  const { world, request, path } = call
  const match = shape.exec(path)
  if (!match) return browserDownload(call) ?? plain(404, 'Not Found')
  const [, owner, name, service = ''] = match
  const access = accessOf(world, request, `${owner}/${name}`)
  if (service.startsWith('/info/lfs/')) return answerLfs({ ...call, service, access })
  if ('refused' in access) {
    return access.refused === 401 ? challenge(access.message) : plain(404, access.message)
  }
  const limited = access.user === null ? limitedAnswer(world, service) : undefined
  if (limited) return limited
  return access.renamed ? moved(access.repository, service, call) : serve(access, service, call)
}

/** Undefined while anonymous requests are served. */
function limitedAnswer({ anonymousGit }: World, service: string): Response | undefined {
  if (anonymousGit === 'served') return undefined
  if (anonymousGit === 'challenged') return challenge('Authentication required.')
  const words =
    'ERR GitHub is temporarily limiting some unauthenticated downloads. Please authenticate.'
  const length = (words.length + 4).toString(16).padStart(4, '0')
  const type =
    service === '/info/refs'
      ? 'application/x-git-upload-pack-advertisement'
      : 'application/x-git-upload-pack-result'
  return new Response(length + words, { headers: { 'content-type': type } })
}

/** `browser_download_url` of an asset: the web site redirects it to storage, as the API does. */
function browserDownload({ world, path, storage, addresses }: GitCall): Response | undefined {
  const [, name = '', tag = '', file = ''] = assetPath.exec(decodeURIComponent(path)) ?? []
  const repository = world.repository(name)
  if (!repository || !world.visible(repository, null)) return undefined
  const release = repository.releases.find((found) => found.tag === tag && !found.draft)
  const asset = release?.assets.find((found) => found.name === file)
  if (asset?.state !== 'uploaded') return undefined
  const location = addresses.storage + storage.sign(download(asset))
  return new Response(null, { status: 302, headers: { location } })
}

async function serve(
  { repository, user, readOnly }: Granted,
  path: string,
  { world, request, options }: GitCall,
): Promise<Response> {
  const asked = `${path}${new URL(request.url).search}`
  const push = asked.includes('git-receive-pack')
  if (push && !user) return challenge('Invalid username or token.')
  if (push && readOnly) return plain(403, 'Write access to repository not granted.')
  if (push && repository.archived) {
    return plain(403, 'This repository was archived so it is read-only.')
  }
  const { protocolV2 } = options
  const call = { request, bare: repository.bare, path, protocolV2 }
  if (asked.includes('git-upload-pack')) return uploadPack(call)
  const answer = () => httpBackend(call, user?.login)
  return request.method === 'POST' ? watchRefs(world, repository, answer) : answer()
}

function moved(repository: Repository, service: string, { request, addresses }: GitCall): Response {
  const { search } = new URL(request.url)
  const location = `${addresses.git}/${fullName(repository)}.git${service}${search}`
  return new Response(null, { status: 301, headers: { location } })
}

const plain = (status: number, text: string, headers: Record<string, string> = {}) =>
  new Response(`${text}\n`, { status, headers: { 'content-type': 'text/plain', ...headers } })

const challenge = (text: string) => plain(401, text, { 'www-authenticate': 'Basic realm="GitHub"' })
