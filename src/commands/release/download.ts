import { resolve } from 'node:path'
import { formatBytes } from '../../base/text.js'
import { repositoryFlag } from '../targets.js'
import { defineVerb } from '../verb.js'
import { latestArgument, releaseTarget } from './target.js'

export const download = defineVerb({
  name: 'download',
  summary: "download a release's assets and verify their checksums",
  examples: [
    { command: 'wizard RELEASE DOWNLOAD core --dir dist', does: 'all assets of the latest' },
    {
      command: "wizard RELEASE DOWNLOAD uDOS/typo@v1.2.0 --pattern '*.tcz'",
      does: 'some of one release',
    },
  ],
  args: [latestArgument],
  flags: {
    pattern: {
      type: 'texts',
      value: 'GLOB',
      summary: 'only these assets; repeatable',
    },
    dir: { type: 'text', value: 'D', summary: 'the folder to write to (.)' },
    clobber: { type: 'boolean', summary: 'replace files that differ' },
    ...repositoryFlag,
  },
  async run(invocation, [text], { pattern, dir = '.', clobber, repo }) {
    const { subject, named } = await releaseTarget(invocation, text, repo)
    const manager = await invocation.releaseManager()
    return manager.download(
      {
        subject,
        named,
        patterns: pattern,
        dir: resolve(invocation.cwd, dir),
        clobber,
      },
      invocation.call,
    )
  },
  render: (assets, { globals }) =>
    globals.quiet
      ? { kind: 'nothing' }
      : {
          kind: 'table',
          columns: [
            { title: 'ASSET', cut: 'middle' },
            { title: 'SIZE', spare: 2, align: 'right' },
            { title: 'STATUS' },
            { title: 'CHECKED', tone: (cell) => (cell === 'nothing' ? 'warning' : 'good') },
            { title: 'FILE', cut: 'middle', spare: 1 },
          ],
          rows: assets.map(({ name, size, status, checked, path }) => [
            name,
            formatBytes(size),
            status,
            checked.join(', ') || 'nothing',
            path,
          ]),
        },
})
