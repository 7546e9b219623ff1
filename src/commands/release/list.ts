import { UsageError } from '../../base/errors.js'
import { repositoryFlag } from '../targets.js'
import { defineVerb } from '../verb.js'
import { kindOf } from './shared.js'
import { releaseTarget, yesOrNo } from './target.js'

export const list = defineVerb({
  name: 'list',
  summary: 'list releases, newest first; for a component only its own',
  examples: [
    { command: 'wizard RELEASE LIST core', does: 'those of a component' },
    {
      command: 'wizard RELEASE LIST uDOS/typo --prerelease false --limit 5',
      does: 'only stable ones',
    },
  ],
  args: [{ name: 'target', summary: 'component, repo or owner/repo', optional: true }],
  flags: {
    prerelease: {
      type: 'choice',
      choices: ['true', 'false'],
      summary: 'only pre-releases, or only releases',
    },
    limit: { type: 'integer', value: 'N', min: 1, summary: 'at most N' },
    ...repositoryFlag,
  },
  async run(invocation, [text], { prerelease, limit, repo }) {
    const { subject, named } = await releaseTarget(invocation, text, repo)
    if (named !== null) {
      throw new UsageError(`RELEASE LIST takes no tag, so not ${text}`, {
        hint: `wizard RELEASE VIEW ${text}`,
      })
    }
    const manager = await invocation.releaseManager()
    return manager.list({ subject, prerelease: yesOrNo(prerelease), limit }, invocation.call)
  },
  isLong: true,
  render: (releases, { terminal }) => ({
    kind: 'table',
    columns: [
      { title: 'TAG', cut: 'middle' },
      { title: 'TITLE', cut: 'end', spare: 2 },
      {
        title: 'KIND',
        tone: (cell) => (cell === 'latest' ? 'good' : cell === '' ? undefined : 'warning'),
      },
      { title: 'PUBLISHED', spare: 3 },
      { title: 'ASSETS', spare: 1, align: 'right' },
    ],
    empty: 'no releases found',
    rows: releases.map((release) => [
      { text: release.tag, link: release.url },
      release.name,
      kindOf(release),
      terminal.ageOf(release.published_at),
      String(release.assets.length),
    ]),
  }),
})
