import { UsageError } from '../../base/errors.js'
import { fullNameOf, type Repo } from '../../base/names/repository.js'
import type { ReleaseInfo } from '../../releases/info.js'
import { lines } from '../../terminal/page.js'
import { repositoryFlag } from '../targets.js'
import { defineVerb } from '../verb.js'
import { notesChoice, releaseOutputs, resultPage } from './shared.js'
import { latestChoices, taggedArgument, taggedTarget, yesOrNo } from './target.js'

const choices = ['true', 'false'] as const

export const edit = defineVerb({
  name: 'edit',
  summary: 'change a release; --draft false publishes it, --draft true withdraws it',
  examples: [
    { command: 'wizard RELEASE EDIT core@1.2.0 --draft false', does: 'publishes a draft' },
    {
      command: 'wizard RELEASE EDIT typo@v1.2.0 --notes-file NOTES.md',
      does: 'replaces its notes',
    },
    { command: 'wizard RELEASE EDIT typo@v1.2.0 --latest true', does: 'makes it the latest' },
  ],
  args: [taggedArgument],
  flags: {
    title: { type: 'text', value: 'T', summary: 'its title' },
    notes: { type: 'text', value: 'TEXT', summary: 'its notes, in markdown' },
    'notes-file': { type: 'text', value: 'F', summary: 'its notes, from a file; - is stdin' },
    draft: { type: 'choice', choices, summary: 'false publishes it; true makes it a draft again' },
    prerelease: { type: 'choice', choices, summary: 'whether it is a pre-release' },
    latest: { type: 'choice', choices: latestChoices, summary: 'whether it is the latest' },
    ...repositoryFlag,
  },
  async run(invocation, [text = ''], { repo, ...flags }) {
    const { subject, named } = await taggedTarget(invocation, text, repo)
    if (Object.values(flags).every((value) => value === undefined)) {
      throw new UsageError('nothing to change', {
        hint: 'give --title, --notes, --notes-file, --draft, --prerelease or --latest',
      })
    }
    const notes = await notesChoice(invocation, flags)
    const manager = await invocation.releaseManager()
    let isDeclined = false
    // A person is asked; a script has decided already.
    const confirm = async (found: ReleaseInfo) => {
      if (!invocation.terminal.canAsk) return true
      isDeclined = !(await invocation.terminal.confirm(questionOn(subject, found)))
      return !isDeclined
    }
    const release = await manager.edit(
      {
        subject,
        named,
        title: flags.title,
        notes: notes.kind === 'text' ? notes.text : undefined,
        draft: yesOrNo(flags.draft),
        prerelease: yesOrNo(flags.prerelease),
        latest: flags.latest,
        confirm,
      },
      invocation.call,
    )
    return { release, isDeclined }
  },
  json: ({ release }) => release,
  render: ({ release, isDeclined }, { globals }) => {
    if (!isDeclined) return resultPage(release)
    return globals.quiet ? { kind: 'nothing' } : lines('Nothing was changed.')
  },
  outputs: ({ release }) => releaseOutputs(release),
})

function questionOn(repo: Repo, { tag, assets }: ReleaseInfo): string {
  const question = `Withdraw the published release ${tag} of ${fullNameOf(repo)}?`
  if (assets.length === 0) return question
  const what = assets.length === 1 ? 'its asset' : `its ${assets.length} assets`
  return `${question} Nobody can then download ${what}.`
}
