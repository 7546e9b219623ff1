import { posix } from 'node:path'
import { entryAt, listTree, readBlob, resolveCommit, type TreeEntry } from '../../../git/read.js'
import { fullName, type Repository } from '../../../model/repository.js'
import type { Call } from '../../call.js'
import { ApiError, notFound } from '../../errors.js'
import { type Data, type Route, route } from '../../route.js'
import { base64, contentEntry, contentType } from '../../shapes/contents.js'

type Contents = Data<'GET /repos/{owner}/{repo}/contents/{path}'>

const megabyte = 1024 * 1024
const mostEntries = 1000

/** https://docs.github.com/rest/repos/contents#get-repository-content */
export const contentRoutes: Route[] = [
  route('GET /repos/{owner}/{repo}/contents/{path}', async (call) => {
    const place = await locate(call)
    const entry = place.path === '' ? null : await entryOf(place)
    if (!entry || entry.type === 'tree') return { data: await directory(call, place) }
    if (entry.type === 'commit') return { data: await submodule(call, place, entry) }
    const target = entry.mode === '120000' ? await follow(place, entry) : null
    if (entry.mode === '120000' && !target) return { data: await symlink(call, place, entry) }
    return file(call, place, target ?? entry)
  }),
  route('GET /repos/{owner}/{repo}/readme', async (call) => {
    const place = await locate(call)
    const entries = await listTree(place.repository.bare, place.commit)
    const entry = entries.find(({ type, path }) => type === 'blob' && /^readme\b/i.test(path))
    if (!entry) throw notFound()
    return file(call, place, entry)
  }),
]

interface ContentPlace {
  repository: Repository
  commit: string
  /** As the client wrote it. */
  ref: string
  path: string
}

async function locate(call: Call): Promise<ContentPlace> {
  const repository = call.repository()
  const ref = call.query.get('ref') ?? repository.defaultBranch
  const commit = await resolveCommit(repository.bare, ref)
  if (commit === null && (await resolveCommit(repository.bare, 'HEAD')) === null) {
    throw new ApiError(404, 'This repository is empty.')
  }
  if (commit === null) throw new ApiError(404, `No commit found for the ref ${ref}`)
  return { repository, commit, ref, path: call.parameter('path').replace(/^\/+|\/+$/g, '') }
}

async function entryOf({ repository, commit, path }: ContentPlace): Promise<TreeEntry> {
  const entry = await entryAt(repository.bare, commit, path)
  if (!entry) throw notFound()
  return entry
}

async function directory(call: Call, place: ContentPlace): Promise<Contents> {
  const { repository, commit, path, ref } = place
  const entries = await listTree(repository.bare, path === '' ? commit : `${commit}:${path}`)
  return entries.slice(0, mostEntries).map((entry) => {
    const whole = { ...entry, path: posix.join(path, entry.path) }
    const shape = contentEntry(call.addresses, { name: fullName(repository), ref, entry: whole })
    return { ...shape, type: contentType(entry) }
  })
}

/** The API follows a symlink to a file of the repository; null if it leads elsewhere. */
async function follow(
  { repository, commit }: ContentPlace,
  link: TreeEntry,
): Promise<TreeEntry | null> {
  const target = (await readBlob(repository.bare, link.oid)).toString()
  const path = posix.join(posix.dirname(link.path), target)
  if (target.startsWith('/') || path.startsWith('..')) return null
  const entry = await entryAt(repository.bare, commit, path)
  return entry?.type === 'blob' && entry.mode !== '120000' ? entry : null
}

async function symlink(call: Call, place: ContentPlace, entry: TreeEntry): Promise<Contents> {
  const target = (await readBlob(place.repository.bare, entry.oid)).toString()
  return { ...shapeOf(call, place, entry), type: 'symlink', target }
}

async function submodule(call: Call, place: ContentPlace, entry: TreeEntry): Promise<Contents> {
  const submodule_git_url = await submoduleUrl(place, entry.path)
  return {
    ...shapeOf(call, place, entry),
    type: 'submodule',
    submodule_git_url,
    download_url: null,
  }
}

async function submoduleUrl({ repository, commit }: ContentPlace, path: string): Promise<string> {
  const modules = await entryAt(repository.bare, commit, '.gitmodules')
  if (!modules) return ''
  const text = (await readBlob(repository.bare, modules.oid)).toString()
  const section = text.split('[').find((part) => part.includes(`path = ${path}\n`)) ?? ''
  return /url = (.*)/.exec(section)?.[1] ?? ''
}

/** Files up to 1 MB come whole, up to 100 MB only raw, and larger ones not at all. */
async function file(call: Call, place: ContentPlace, entry: TreeEntry) {
  const size = entry.size ?? 0
  if (size > 100 * megabyte) {
    const error = { resource: 'Blob', field: 'data', code: 'custom' } as const
    const message = 'This API returns blobs up to 100 MB in size. The requested blob is too large.'
    throw new ApiError(403, message, { errors: [error] })
  }
  const bytes = () => readBlob(place.repository.bare, entry.oid)
  if (call.accepts('.raw')) return raw(await bytes())
  const content =
    size > megabyte
      ? { encoding: 'none', content: '' }
      : { encoding: 'base64', content: base64(await bytes()) }
  return { data: { ...shapeOf(call, place, entry), type: 'file' as const, ...content } }
}

export const raw = (bytes: Buffer) =>
  new Response(new Uint8Array(bytes), {
    headers: { 'content-type': 'application/vnd.github.raw; charset=utf-8' },
  })

const shapeOf = ({ addresses }: Call, { repository, ref }: ContentPlace, entry: TreeEntry) =>
  contentEntry(addresses, { name: fullName(repository), ref, entry })
