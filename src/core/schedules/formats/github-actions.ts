import { relative, sep } from 'node:path'
import { Document } from 'yaml'
import { contains } from '../../config/root.js'
import type { Config } from '../../config/types.js'
import { folderOf } from '../command.js'
import type { FormatRequest, ScheduleFile } from './types.js'

/** A workflow for the repository that holds the configuration: one job a shard, its clones kept in the cache. */
export async function githubActionsWorkflow({
  plan,
  config,
  shards,
  version,
}: FormatRequest): Promise<ScheduleFile> {
  const document = new Document({
    name: 'wizard',
    on: {
      schedule: plan.schedules.map(({ schedule }) => ({ cron: schedule })),
      workflow_dispatch: {},
    },
    permissions: { contents: 'read' },
    concurrency: { group: 'wizard-sync', 'cancel-in-progress': false },
    jobs: {
      sync: {
        'runs-on': 'ubuntu-latest',
        strategy: {
          'fail-fast': false,
          matrix: { shard: Array.from({ length: shards }, (_, index) => index + 1) },
        },
        env: { TZ: 'UTC' },
        steps: stepsOf(await keptFolders(config), configPath(config), { shards, version }),
      },
    },
  })
  document.commentBefore = about
  return { name: '.github/workflows/wizard.yml', content: document.toString({ lineWidth: 0 }) }
}

const about = `\
 For the repository that holds wizard's configuration, in .github/workflows/wizard.yml.
 GitHub's schedules are in UTC, at most every five minutes, and may begin late.
 The secret WIZARD_TOKEN is a token that reads the repositories.`

function stepsOf(
  folders: string[],
  config: string,
  { shards, version }: { shards: number; version: string },
) {
  const path = folders.join('\n')
  const shard = expression('matrix.shard')
  const prefix = `wizard-${shard}-of-${shards}-`
  const key = `${prefix}${expression('github.run_id')}-${expression('github.run_attempt')}`
  return [
    { uses: 'actions/checkout@v4', with: { 'persist-credentials': false } },
    { uses: 'actions/setup-node@v4', with: { 'node-version': 22 } },
    { uses: 'actions/cache/restore@v4', with: { path, key, 'restore-keys': prefix } },
    {
      name: 'What is due of this share',
      run: `npx --yes udos-wizard@${version} repo sync --due --quiet --shard ${shard}/${shards} --config ${config}`,
      env: { GITHUB_TOKEN: expression('secrets.WIZARD_TOKEN') },
    },
    // What was pulled is kept although another repository failed.
    { if: 'always()', uses: 'actions/cache/save@v4', with: { path, key } },
  ]
}

/** What Actions fills in. */
const expression = (name: string) => `\${{ ${name} }}`

/** Of a checkout, in which the root is the top. */
function configPath(config: Config): string {
  const dir = folderOf(config)
  const inside = contains(config.root, dir) && dir !== config.root
  const path = inside ? relative(config.root, dir).split(sep).join('/') : 'config'
  return /^[\w./-]+$/.test(path) ? path : 'config'
}

/** What one run must leave to the next: what is remembered, and the clones. */
async function keptFolders(config: Config): Promise<string[]> {
  const tops = (await config.repos()).map((entry) => {
    const path =
      entry.kind === 'repository' ? relative(config.root, entry.destination) : entry.destination
    return path.split('/').find(Boolean) ?? ''
  })
  const plain = [...new Set(tops)].filter((top) => /^[\w.-]+$/.test(top))
  return ['.wizard', ...(plain.length > 0 ? plain.sort() : ['library'])]
}
