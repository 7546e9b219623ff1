import { resolve } from 'node:path'
import { defineVerb } from '../verb.js'
import { attemptFlag, noteWholeRun, runArgument, runFlags, runTarget } from './run-target.js'
import { artifactFailure } from './shared.js'

export const download = defineVerb({
  name: 'download',
  summary: "download a run's artifacts, each unzipped into DIR/NAME",
  examples: [
    { command: 'wizard WORKFLOW DOWNLOAD core/build --dir out', does: 'all of the newest run' },
    {
      command: 'wizard WORKFLOW DOWNLOAD uDOS/uDOS/123456 --name dist --clobber',
      does: 'one, over an earlier download',
    },
  ],
  args: [runArgument],
  flags: {
    name: {
      type: 'texts',
      value: 'NAME',
      summary: 'only this artifact; repeatable',
    },
    dir: { type: 'text', value: 'DIR', summary: 'the folder; each artifact gets a subfolder (.)' },
    clobber: {
      type: 'boolean',
      summary: 'add to existing folders, and replace files of the same name',
    },
    'max-size': {
      type: 'integer',
      value: 'BYTES',
      min: 1,
      summary: 'of one artifact, unpacked (10 GB)',
    },
    ...runFlags,
    ...attemptFlag,
  },
  async run(
    invocation,
    [target = ''],
    { name, dir = '.', clobber, 'max-size': maxSize, ...flags },
  ) {
    const named = await runTarget(invocation, target, flags)
    // GitHub does not say which job made an artifact.
    noteWholeRun(invocation, named, 'the artifacts belong to')
    const { owner, repo, runId, attempt } = named
    const runner = await invocation.workflowRunner()
    const names = name.length > 0 ? name : undefined
    return runner.downloadArtifacts(
      owner,
      repo,
      runId,
      resolve(invocation.cwd, dir),
      {
        names,
        attempt,
        clobber,
        maxSize,
        liveness: await invocation.liveness(),
      },
      invocation.call,
    )
  },
  render: (artifacts, invocation) =>
    invocation.globals.quiet && artifacts.every(({ error }) => error === null)
      ? { kind: 'nothing' }
      : {
          kind: 'table',
          columns: [
            { title: 'ARTIFACT', cut: 'middle' },
            { title: 'BYTES', align: 'right' },
            { title: 'FOLDER', cut: 'middle', spare: 1 },
            { title: 'NOTE', cut: 'wrap' },
          ],
          rows: artifacts.map(({ name, size, path, error }) => [
            name,
            String(size),
            path ?? '',
            error?.message ?? '',
          ]),
        },
  partialFailure: artifactFailure,
})
