import { defineVerb } from '../verb.js'

export const path = defineVerb({
  name: 'path',
  summary: 'show which files are read, and where clones and logs are kept',
  examples: [
    { command: 'wizard CONFIG PATH', does: 'the folder, its files, ROOT, the logs' },
    { command: 'cd "$(wizard CONFIG PATH --json | jq -r .root)"', does: 'for scripts' },
  ],
  args: [],
  flags: {},
  async run(invocation) {
    const [{ searched }, config] = await Promise.all([
      import('../../config/locate/folder.js'),
      invocation.localConfig(),
    ])
    const folders = searched(invocation.configRequest).map(({ dir, by }) => ({ dir, by }))
    const { dir, single, files, root, logsDir } = config
    return { dir, single, files, root, logs: logsDir, searched: folders }
  },
  render: ({ dir, single, files, root, logs, searched }) => ({
    kind: 'table',
    columns: [
      { title: 'WHAT', tone: () => 'faint' },
      { title: 'PATH', cut: 'wrap' },
    ],
    rows: [
      ['configuration', single ?? dir ?? 'none'],
      ...(single === null ? Object.entries(files) : []).map(([name, file]) => [
        `${name}.yaml`,
        file,
      ]),
      ['root', root],
      ['logs', logs],
      ...(dir === null ? searched.map((one) => ['looked in', one.dir]) : []),
    ],
  }),
})
