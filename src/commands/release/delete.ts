import { fullNameOf, type Repo } from '../../base/names/repository.js'
import type { DeletionPlan } from '../../releases/delete.js'
import { marks } from '../../terminal/marks.js'
import { lines } from '../../terminal/page.js'
import { repositoryFlag } from '../targets.js'
import { defineVerb } from '../verb.js'
import { taggedArgument, taggedTarget } from './target.js'

export const deleteVerb = defineVerb({
  name: 'delete',
  summary: 'delete a release and its assets; asks first',
  examples: [
    { command: 'wizard RELEASE DELETE core@1.2.0-rc.1', does: 'asks; its tag stays' },
    {
      command: 'wizard RELEASE DELETE uDOS/typo@v1.2.0 --cleanup-tag --yes',
      does: 'with its tag, without a question',
    },
  ],
  args: [taggedArgument],
  flags: {
    'cleanup-tag': { type: 'boolean', summary: 'delete its tag too' },
    ...repositoryFlag,
  },
  async run(invocation, [text = ''], { 'cleanup-tag': cleanupTag, repo }) {
    const { subject, named } = await taggedTarget(invocation, text, repo)
    const manager = await invocation.releaseManager()
    const confirm = (plan: DeletionPlan) => invocation.terminal.confirm(questionOn(subject, plan))
    return manager.delete({ subject, named, cleanupTag, confirm }, invocation.call)
  },
  json: ({ tag, release, withTag, deleted }) => ({
    tag,
    id: release?.id ?? null,
    deleted,
    tag_deleted: deleted && withTag,
  }),
  render: ({ tag, deleted }, { globals }) => {
    if (globals.quiet) return { kind: 'nothing' }
    return lines(deleted ? `${marks.good} ${tag} deleted` : 'Nothing was changed.')
  },
})

function questionOn(repo: Repo, { tag, release, withTag }: DeletionPlan): string {
  if (release === null) return `Delete tag ${tag} of ${fullNameOf(repo)}?`
  const kind = release.draft ? 'draft' : 'release'
  const count = release.assets.length
  const assets = count === 0 ? [] : [count === 1 ? 'its asset' : `its ${count} assets`]
  const too = [...assets, ...(withTag ? ['its tag'] : [])].join(' and ')
  return `Delete ${kind} ${tag} of ${fullNameOf(repo)}${too === '' ? '' : `, with ${too}`}?`
}
