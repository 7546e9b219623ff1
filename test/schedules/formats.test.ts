import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { validateWorkflow } from '@action-validator/core'
import { split } from 'shlex'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { parse, parseAllDocuments, stringify } from 'yaml'
import { ConfigError, exitStatus, PathError } from '../../src/base/errors.js'
import { type Config, loadConfig } from '../../src/config/load.js'
import { missingElsewhere } from '../../src/schedules/command.js'
import { crontabBlock } from '../../src/schedules/cron/lines.js'
import { githubActionsWorkflow } from '../../src/schedules/formats/github-actions.js'
import { kubernetesManifest } from '../../src/schedules/formats/kubernetes.js'
import { calendarEvents, systemdUnits } from '../../src/schedules/formats/systemd.js'
import { planSchedules } from '../../src/schedules/plan.js'

const run = promisify(execFile)

let folder = tmpdir()

/** The output of a program; null if it is not installed. */
async function output(program: string, ...args: string[]): Promise<string | null> {
  try {
    const { stdout, stderr } = await run(program, args, {
      env: { ...process.env, TZ: 'UTC', XDG_RUNTIME_DIR: folder },
    })
    return stdout + stderr
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const hasSystemd = (await output('systemd-analyze', '--version')) !== null
if (!hasSystemd) console.log('skipped: systemd-analyze is not installed, so no unit is verified')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wizard it's 100% $HOME "))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function configOf(...entries: string[]): Promise<Config> {
  const list = entries.map((entry, index) => `    - { repo: uDOS/r${index}, ${entry} }\n`)
  await writeFile(join(folder, 'repos.yaml'), `repos:\n  tools:\n${list.join('')}`)
  const flags = { config: folder }
  return loadConfig({ cwd: folder, env: {}, home: folder, flags })
}

const launcher = { node: process.execPath, script: '/opt/wizard/bin/wizard.js' }
const others = {
  launcher,
  shards: 3,
  package: './udos-wizard-1.2.3.tgz',
  timeZone: 'Europe/Berlin',
}

async function request(...entries: string[]) {
  const config = await configOf(...entries)
  return { ...others, config, plan: await planSchedules(config) }
}

/** With workflows of components.yaml, and these entries of repos.yaml. */
async function withRuns(runs: [schedule: string, timezone?: string][], ...entries: string[]) {
  const workflows = runs.map(([schedule, timezone], index) => [
    `w${index}`,
    { file: 'a.yml', run_schedule: schedule, timezone },
  ])
  const core = { repo: 'uDOS/core', workflows: Object.fromEntries(workflows) }
  await writeFile(join(folder, 'components.yaml'), stringify({ components: { core } }))
  onTestFinished(() => rm(join(folder, 'components.yaml'), { force: true }))
  return request(...entries)
}

const midnight = 'pull_schedule: "0 0 * * *"'

describe('planSchedules', () => {
  it('has one schedule for all entries that share it, and looks once an hour for what was missed', async () => {
    const { plan } = await request(
      midnight,
      'pull_schedule: "@daily"',
      'pull_schedule: "17 6 * * 1"',
    )
    expect(plan.schedules).toEqual([
      { schedule: '0 0 * * *', timezone: null, in_words: 'every day at 00:00', entries: 2 },
      { schedule: '17 6 * * 1', timezone: null, in_words: 'at 06:17, only on Monday', entries: 1 },
    ])
    expect(plan.catchUp?.schedule).toBe('47 * * * *')
  })

  it('needs no second look where one is hourly itself', async () => {
    const { plan } = await request(midnight, 'pull_schedule: "*/10 * * * *"')
    expect(plan.catchUp).toBeNull()
  })

  it('looks after workflows at minutes of their own', async () => {
    const { plan } = await withRuns([['0 2 * * *'], ['0 2 * * *', 'UTC'], ['@daily']], midnight)
    expect(plan.runs.schedules).toMatchObject([
      { schedule: '0 0 * * *', timezone: null, entries: 1 },
      { schedule: '0 2 * * *', timezone: null, entries: 1 },
      { schedule: '0 2 * * *', timezone: 'UTC', entries: 1, in_words: 'every day at 02:00 in UTC' },
    ])
    expect([plan.catchUp?.schedule, plan.runs.catchUp?.schedule]).toEqual([
      '17 * * * *',
      '47 * * * *',
    ])
  })

  it('says where the schedule is that never comes to anything', async () => {
    await expect(request(`${midnight}, auto_pull: false`)).rejects.toThrow(
      /repos\.yaml:3:7: .*auto_pull/,
    )
    await expect(request('branch: main')).rejects.toThrow(ConfigError)
  })
})

describe('the crontab’s lines', () => {
  it('give sh the paths as they are, once cron has read them', async () => {
    const { plan, config } = await request(midnight)
    const job = crontabBlock(plan, config, launcher).lines.find((line) => line.startsWith('0 0'))
    // crontab(5): an unescaped percent sign ends the command, and the backslash before one is
    // removed.
    expect(job).not.toMatch(/(?<!\\)%/)
    const command = job?.slice('0 0 * * * '.length).replaceAll('\\%', '%') ?? ''
    const { stdout } = await run('sh', ['-c', `printf '%s\\n' ${command}`])
    const words = [...split('repo sync --due --quiet --lock-wait 3600 --config'), folder]
    expect(stdout.trimEnd().split('\n')).toEqual([launcher.node, launcher.script, ...words])
  })

  it.each([
    ['a line end', '/opt/a\n* * * * * evil/w.js'],
    ['a backslash', '/opt/a\\%b/w.js'],
    ['more than cron takes', `/${'opt/'.repeat(300)}w.js`],
  ])('are refused for a path with %s', async (_name, script) => {
    const { plan, config } = await request(midnight)
    expect(() => crontabBlock(plan, config, { ...launcher, script })).toThrow(PathError)
  })
})

describe('missingElsewhere', () => {
  it('tells what this shell has and a scheduler has not', async () => {
    await configOf(midnight)
    await writeFile(join(folder, 'github.yaml'), 'github:\n  token: $' + '{TOKEN_HERE}\n')
    const env = { TOKEN_HERE: 'secret', https_proxy: 'http://proxy', TZ: 'UTC' }
    const load = () => loadConfig({ cwd: folder, env, home: folder, flags: { config: folder } })
    const found = (await missingElsewhere(await load(), env)).join('\n')
    expect(found).toMatch(/github\.token comes from TOKEN_HERE/)
    expect(found).toMatch(/github\.proxy comes from https_proxy/)
    expect(found).toMatch(/TZ is UTC/)
    expect(found).not.toContain('secret')
    await writeFile(join(folder, '.env'), 'TOKEN_HERE=other\n')
    expect(await missingElsewhere(await load(), { TOKEN_HERE: 'secret' })).toEqual([])
    await rm(join(folder, 'github.yaml'))
  })
})

describe('systemd units', () => {
  it.runIf(hasSystemd)(
    'are what systemd-analyze takes for well-formed',
    { tags: ['deep'] },
    async () => {
      const pulls = [midnight, 'pull_schedule: "*/15 8-18 1,15 * 1-5"']
      const made = systemdUnits(await withRuns([['0 2 * * *', 'Europe/Berlin']], ...pulls))
      const script = made.map(({ content }) =>
        content.replaceAll(launcher.script, process.execPath),
      )
      const paths = made.map(({ name }) => join(folder, name))
      for (const [index, path] of paths.entries()) await writeFile(path, script[index] ?? '')
      expect(await output('systemd-analyze', '--user', 'verify', ...paths)).toBe('')
    },
  )

  it('start workflows by a timer of their own, in their time zone', async () => {
    const runs = await withRuns([['0 2 * * mon', 'Europe/Berlin']], midnight)
    const [, pulls, service, timer, ...more] = systemdUnits(runs)
    expect(more).toEqual([])
    expect(service?.content).toContain(' workflow run --due --quiet ')
    expect(timer?.content).toContain('OnCalendar=Mon *-*-* 02:00:00 Europe/Berlin\n')
    expect(pulls?.content).not.toContain('Berlin')
    expect(systemdUnits(await withRuns([['0 2 * * *']], 'branch: main'))).toHaveLength(2)
  })

  it('have a name of their own for each folder and root', async () => {
    const made = await request(midnight)
    const root = { sources: { ...made.config.sources, root: { from: 'flag', name: '--root' } } }
    const configs = [
      ...['/x/a-b/config', '/x/a/b/config', '/x/a b/config', `/${'x/'.repeat(1000)}`].map(
        (dir) => ({ ...made.config, dir }),
      ),
      { ...made.config, dir: '/x/a-b/config', ...root } as Config,
    ]
    const names = configs.map((config) => systemdUnits({ ...made, config })[1]?.name ?? '')
    expect(new Set(names).size).toBe(configs.length)
    expect(names[0]).toMatch(/^wizard-x-a-b-config-[0-9a-f]{8}\.timer$/)
    expect(Math.max(...names.map((name) => name.length))).toBeLessThan(100)
  })

  it('name the days of a week that ends on Sunday', () => {
    expect(calendarEvents('0 0 * * fri-sun')).toEqual(['Sun,Fri,Sat *-*-* 00:00:00'])
  })

  it.runIf(hasSystemd)('come at the times of the schedule', async () => {
    const [byDay, byWeekday] = calendarEvents('30 6,18 1 * mon')
    const next = async (event = '') => {
      const args = ['calendar', '--base-time=2026-01-02 00:00:00', '--iterations=3', event]
      const found = (await output('systemd-analyze', ...args)) ?? ''
      return [...found.matchAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g)].map(([time]) => time)
    }
    expect(await next(byDay)).toEqual(
      expect.arrayContaining(['2026-02-01 06:30', '2026-02-01 18:30']),
    )
    expect(await next(byWeekday)).toEqual(
      expect.arrayContaining(['2026-01-05 06:30', '2026-01-05 18:30']),
    )
  })
})

describe('the workflow', () => {
  it('is what GitHub’s schema of workflows says, and shares the repositories out', async () => {
    const { content } = await githubActionsWorkflow(await request(midnight, 'destination: /mine/x'))
    // Their schema is older than the key: github.blog/changelog/2026-03-19.
    const known = content.replaceAll(/^ +timezone: Europe\/Berlin\n/gm, '')
    expect(validateWorkflow(known).errors).toEqual([])
    const workflow = parse(content)
    expect(workflow.on.schedule).toEqual([{ cron: '0 0 * * *', timezone: 'Europe/Berlin' }])
    expect(workflow.jobs.sync.env).toEqual({ TZ: 'Europe/Berlin' })
    expect(content).toContain('npx --yes ./udos-wizard-1.2.3.tgz repo sync')
    expect(workflow.permissions).toEqual({ contents: 'read' })
    expect(workflow.jobs.sync.strategy.matrix.shard).toEqual([1, 2, 3])
    const steps: { run?: string; with?: { path?: string } }[] = workflow.jobs.sync.steps
    expect(steps.find((step) => step.run)?.run).toMatch(/--shard \$\{\{ matrix\.shard \}\}\/3 /)
    expect(steps.at(-1)?.with?.path).toBe('.wizard\nlibrary\nmine')
  })

  it('names the configuration as the checkout has it, and keeps the clones in the checkout', async () => {
    await mkdir(join(folder, 'top/.git'), { recursive: true })
    await mkdir(join(folder, 'top/ops/udos'), { recursive: true })
    await configOf(midnight)
    const dir = join(folder, 'top/ops/udos')
    await copyFile(join(folder, 'repos.yaml'), join(dir, 'repos.yaml'))
    await writeFile(join(dir, 'github.yaml'), 'root: /srv/udos\n')
    const config = await loadConfig({ cwd: dir, env: {}, home: folder, flags: { config: dir } })
    const plan = await planSchedules(config)
    const { content } = await githubActionsWorkflow({ ...others, config, plan })
    expect(content).toContain(' --config ops/udos --root .\n')
    expect(content).toMatch(/path: \|-\n +\.wizard\n +library\n/)
  })
})

describe('the CronJob', () => {
  it('of workflows is another one, of one pod, in their time zone', async () => {
    const manifest = async (...runs: [string, string?][]) => {
      const { content } = kubernetesManifest(await withRuns(runs, midnight))
      const [pulls, own, ...more] = parseAllDocuments(content).map((one) => one.toJS())
      expect([pulls.metadata.name, own.metadata.name, more]).toEqual(['wizard', 'wizard-runs', []])
      return { content, spec: own.spec }
    }
    const { content, spec } = await manifest(['0 2 * * *', 'Asia/Tokyo'])
    expect(spec).toMatchObject({ schedule: '0 2 * * *', timeZone: 'Asia/Tokyo' })
    expect(spec.jobTemplate.spec.completions).toBeUndefined()
    const [, , command] = spec.jobTemplate.spec.template.spec.containers[0].command
    expect(command).toMatch(/ workflow run --due --quiet --config \/config --root \/data\/runs$/)
    expect(content).toContain('--from-file=components.yaml')
    const several = await manifest(['5 2 * * *', 'Asia/Tokyo'], ['30 4 * * *'])
    expect(several.spec).toMatchObject({ schedule: '5,30 * * * *' })
  })

  it('gives each index its share, and the shares begin at 1', async () => {
    const { content } = kubernetesManifest(await request(midnight, 'pull_schedule: "30 6 * * 1"'))
    const { spec } = parse(content)
    expect(spec).toMatchObject({ schedule: '0,30 0,6 * * *', timeZone: 'Europe/Berlin' })
    const job = spec.jobTemplate.spec
    expect(job).toMatchObject({ completionMode: 'Indexed', completions: 3, parallelism: 3 })
    // A second pod would find nothing due where the first one failed, and hide the failure.
    expect(job.podFailurePolicy.rules[0]).toMatchObject({ action: 'FailIndex' })
    expect(job.podFailurePolicy.rules[0].onExitCodes.values).toContain(exitStatus.FAILED)
    const [, , command] = job.template.spec.containers[0].command
    const env = { JOB_COMPLETION_INDEX: '2' }
    const echoed = command.replace('mkdir -p', ':').replace('exec npx', 'echo')
    const { stdout } = await run('/bin/sh', ['-c', echoed], { env })
    expect(stdout).toContain(' --shard 3/3 --config /config --root /data/shard-2')
  })
})
