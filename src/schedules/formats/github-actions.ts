import { dirname, join, relative, sep } from 'node:path'
import { Document } from 'yaml'
import { existsAt } from '../../base/fs/read.js'
import type { Config } from '../../config/load.js'
import { contains } from '../../config/locate/root.js'
import { placeOfConfig } from '../command.js'
import type { FormatRequest, ScheduleFile } from './request.js'

/**
 * A workflow for the repository that contains the configuration: one job per shard, with its clones
 * in the cache.
 */
export async function githubActionsWorkflow({
  plan,
  config,
  shards,
  timeZone,
  package: spec,
}: FormatRequest): Promise<ScheduleFile> {
  const document = new Document({
    name: 'wizard',
    on: {
      schedule: plan.schedules.map(({ schedule }) => ({ cron: schedule, timezone: timeZone })),
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
        env: { TZ: timeZone },
        steps: stepsOf(await keptFolders(config), await configPath(config), { shards, spec }),
      },
    },
  })
  document.commentBefore = about
  return { name: '.github/workflows/wizard.yml', content: document.toString({ lineWidth: 0 }) }
}

const about = `\
 For the repository that holds wizard's configuration, in .github/workflows/wizard.yml.
 GitHub starts schedules at most every five minutes, and maybe hours late.
 The secret WIZARD_TOKEN is a token that reads the repositories.
 It runs the package behind npx: commit that file (npm pack makes it), or name a published package there
 that you trust, with its exact version.`

function stepsOf(
  folders: string[],
  config: string,
  { shards, spec }: { shards: number; spec: string },
) {
  const path = folders.join('\n')
  const shard = expression('matrix.shard')
  const prefix = `wizard-${shard}-of-${shards}-`
  const key = `${prefix}${expression('github.run_id')}-${expression('github.run_attempt')}`
  return [
    { uses: 'actions/checkout@v7', with: { 'persist-credentials': false } },
    {
      uses: 'actions/setup-node@v7',
      with: { 'node-version': 24, 'package-manager-cache': false },
    },
    { uses: 'actions/cache/restore@v5', with: { path, key, 'restore-keys': prefix } },
    {
      name: 'Due pulls of this share',
      // The cached folders are in the checkout, wherever `root` is on other machines.
      run: `npx --yes ${spec} repo sync --due --quiet --shard ${shard}/${shards} --config ${config} --root .`,
      env: { GITHUB_TOKEN: expression('secrets.WIZARD_TOKEN') },
    },
    // Saves the clones even if another repository failed.
    { if: 'always()', uses: 'actions/cache/save@v5', with: { path, key } },
  ]
}

/** An expression that Actions evaluates. */
const expression = (name: string) => `\${{ ${name} }}`

/** From the top of its work tree; outside of one, the usual place. */
async function configPath(config: Config): Promise<string> {
  const dir = placeOfConfig(config)
  const top = (await workTreeAround(dir)) ?? config.root
  const inside = contains(top, dir) ? relative(top, dir).split(sep).join('/') || '.' : 'config'
  return /^[\w./-]+$/.test(inside) ? inside : 'config'
}

async function workTreeAround(folder: string): Promise<string | null> {
  if (await existsAt(join(folder, '.git'))) return folder
  const above = dirname(folder)
  return above === folder ? null : workTreeAround(above)
}

/** What each run must pass on to the next: its state, and the clones. */
async function keptFolders(config: Config): Promise<string[]> {
  const tops = (await config.repos()).map((entry) => {
    const path =
      entry.kind === 'repository' ? relative(config.root, entry.destination) : entry.destination
    return path.split('/').find(Boolean) ?? ''
  })
  const plain = [...new Set(tops)].filter((top) => /^[\w.-]+$/.test(top))
  return ['.wizard', ...(plain.length > 0 ? plain.sort() : ['library'])]
}
