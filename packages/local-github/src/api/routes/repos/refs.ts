import { type GitRef, listRefs, resolve } from '../../../git/bare.js'
import { git } from '../../../git/run.js'
import { watchRefs } from '../../../hooks/watch-refs.js'
import { fullName, type Repository } from '../../../model/repository.js'
import type { Call } from '../../call.js'
import { ApiError, notFound } from '../../errors.js'
import { type Data, noContent, type Route, route } from '../../route.js'

/** https://docs.github.com/rest/git/refs */
export const refRoutes: Route[] = [
  route('GET /repos/{owner}/{repo}/git/ref/{ref}', async (call) => {
    const [found] = await matching(call, (name, wanted) => name === wanted)
    if (!found) throw notFound()
    return { data: found }
  }),
  route('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', async (call) => ({
    data: await matching(call, (name, wanted) => name.startsWith(wanted)),
  })),
  route('POST /repos/{owner}/{repo}/git/refs', async (call) => {
    const repository = call.writableRepository()
    const { ref, sha } = await call.body()
    const name = String(ref)
    const oid = await resolve(repository.bare, String(sha))
    if (!name.startsWith('refs/')) throw new ApiError(422, 'Reference name must start with refs/')
    if (oid === null) throw new ApiError(422, 'Object does not exist')
    if ((await resolve(repository.bare, name)) !== null) {
      throw new ApiError(422, 'Reference already exists')
    }
    await watchRefs(call.world, repository, () =>
      git(['update-ref', name, oid], { dir: repository.bare }),
    )
    return { status: 201, data: shape(call, repository, { name, oid, peeled: oid }) }
  }),
  route('DELETE /repos/{owner}/{repo}/git/refs/{ref}', async (call) => {
    const repository = call.writableRepository()
    const { bare } = repository
    const name = `refs/${call.parameter('ref')}`
    if ((await resolve(bare, name)) === null) {
      throw new ApiError(422, 'Reference does not exist')
    }
    await watchRefs(call.world, repository, () => git(['update-ref', '-d', name], { dir: bare }))
    return noContent()
  }),
]

async function matching(call: Call, fits: (name: string, wanted: string) => boolean) {
  const repository = call.repository()
  const wanted = `refs/${call.parameter('ref')}`
  const refs = await listRefs(repository.bare, 'refs/')
  return refs.filter(({ name }) => fits(name, wanted)).map((ref) => shape(call, repository, ref))
}

function shape(
  { addresses }: Call,
  repository: Repository,
  { name, oid, peeled }: GitRef,
): Data<'GET /repos/{owner}/{repo}/git/ref/{ref}'> {
  const base = `${addresses.api}/repos/${fullName(repository)}/git`
  const type = oid === peeled ? 'commit' : 'tag'
  return {
    ref: name,
    node_id: `REF_${Buffer.from(name).toString('base64url')}`,
    url: `${base}/${name}`,
    object: { type, sha: oid, url: `${base}/${type}s/${oid}` },
  }
}
