import { log } from '../../../git/read.js'
import { latestRelease, type Release, targetOf } from '../../../model/releases.js'
import { fullName, type Repository } from '../../../model/repository.js'
import type { Call } from '../../call.js'
import { invalid } from '../../errors.js'

/** https://docs.github.com/rest/releases/releases#generate-release-notes-content-for-a-release */
export async function previewNotes(call: Call) {
  const repository = call.writableRepository()
  const body = await call.body()
  const { tag_name: tag, target_commitish: target, previous_tag_name: previous } = body
  if (typeof tag !== 'string') {
    throw invalid({ resource: 'Release', code: 'missing_field', field: 'tag_name' })
  }
  const request = {
    tag,
    target: typeof target === 'string' ? target : repository.defaultBranch,
    previous: typeof previous === 'string' ? previous : undefined,
  }
  return { data: { name: tag, body: await generateNotes(call, repository, request) } }
}

/** Appends generated notes to a release's body. */
export async function addNotes(
  call: Call,
  repository: Repository,
  release: Release,
): Promise<void> {
  const { tag, target } = release
  const notes = await generateNotes(call, repository, { tag, target, previous: undefined })
  release.name ??= tag
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
