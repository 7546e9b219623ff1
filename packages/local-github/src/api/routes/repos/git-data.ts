import { resolve } from '../../../git/bare.js'
import { listTree, readBlob, resolveCommit, type TreeEntry } from '../../../git/read.js'
import { git } from '../../../git/run.js'
import { fullName } from '../../../model/repository.js'
import type { Call } from '../../call.js'
import { ApiError, notFound } from '../../errors.js'
import { type Data, type Route, route } from '../../route.js'
import { base64 } from '../../shapes/contents.js'
import { raw } from './contents.js'

/** Trees, blobs and tag objects: https://docs.github.com/rest/git */
export const gitDataRoutes: Route[] = [
  route('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', async (call) => ({
    data: await tree(call),
  })),
  route('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', blob),
  route('GET /repos/{owner}/{repo}/git/tags/{tag_sha}', async (call) => ({
    data: await tagObject(call),
  })),
]

async function tree(call: Call): Promise<Data<'GET /repos/{owner}/{repo}/git/trees/{tree_sha}'>> {
  const { bare, ...repository } = call.repository()
  if ((await resolveCommit(bare, 'HEAD')) === null) {
    throw new ApiError(409, 'Git Repository is empty.')
  }
  const oid = await resolve(bare, `${call.parameter('tree_sha')}^{tree}`)
  if (oid === null) throw notFound()
  const entries = await listTree(bare, oid, call.query.has('recursive'))
  const most = call.world.treeLimit
  const base = `${call.addresses.api}/repos/${fullName({ ...repository, bare })}/git`
  return {
    sha: oid,
    url: `${base}/trees/${oid}`,
    tree: entries.slice(0, most).map((entry) => treeEntry(base, entry)),
    truncated: entries.length > most,
  }
}

function treeEntry(base: string, { path, mode, type, oid, size }: TreeEntry) {
  const entry = { path, mode, type, sha: oid }
  if (type === 'commit') return entry
  return { ...entry, ...(size !== null && { size }), url: `${base}/${type}s/${oid}` }
}

async function blob(call: Call) {
  const repository = call.repository()
  const oid = await resolve(repository.bare, `${call.parameter('file_sha')}^{blob}`)
  if (oid === null) throw notFound()
  const bytes = await readBlob(repository.bare, oid)
  if (call.accepts('.raw')) return raw(bytes)
  const url = `${call.addresses.api}/repos/${fullName(repository)}/git/blobs/${oid}`
  const content = { content: base64(bytes), encoding: 'base64', size: bytes.length }
  return { data: { sha: oid, node_id: `B_${oid}`, url, ...content } }
}

async function tagObject(
  call: Call,
): Promise<Data<'GET /repos/{owner}/{repo}/git/tags/{tag_sha}'>> {
  const repository = call.repository()
  const oid = await resolve(repository.bare, `${call.parameter('tag_sha')}^{tag}`)
  if (oid === null) throw notFound()
  const text = (await git(['cat-file', 'tag', oid], { dir: repository.bare })).toString()
  const [head = '', message = ''] = text.split(/\n\n(.*)/s)
  const header = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(head)?.[1] ?? ''
  const [, name = '', email = '', seconds = '0'] = /^(.*) <(.*)> (\d+)/.exec(header('tagger')) ?? []
  const base = `${call.addresses.api}/repos/${fullName(repository)}/git`
  const sha = header('object')
  return {
    node_id: `TA_${oid}`,
    sha: oid,
    url: `${base}/tags/${oid}`,
    tag: header('tag'),
    message,
    tagger: { name, email, date: new Date(Number(seconds) * 1000).toISOString() },
    object: { sha, type: header('type'), url: `${base}/commits/${sha}` },
  }
}
