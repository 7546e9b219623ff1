import { reportError } from '../../base/error-report.js'
import { WizardError } from '../../base/errors.js'
import { formatHint } from '../../base/hint.js'
import { type Check, failed, ok, runCheck, warning } from '../../doctor/check.js'
import type { Invocation } from '../../invocation.js'
import type { Crontab } from '../../schedules/cron/crontab.js'
import { version } from '../../version.js'
import { commandLineWords } from '../hints.js'
import { defineVerb } from '../verb.js'

interface Diagnosis {
  ok: boolean
  checks: Shown[]
}

type Shown = Omit<Check, 'remedy'> & { remedy: string | null }

const inWords = ({ remedy, ...check }: Check): Shown => ({
  ...check,
  remedy: remedy === null ? null : formatHint(remedy, commandLineWords),
})

/** A noun without a verb. */
const doctor = defineVerb({
  name: '',
  summary: 'check the set-up and suggest fixes',
  examples: [
    { command: 'wizard DOCTOR', does: 'exit 1 if a check fails' },
    {
      command: 'wizard DOCTOR --json | jq \'.checks[] | select(.status != "ok")\'',
      does: 'for scripts',
    },
  ],
  args: [],
  flags: { offline: { type: 'boolean', summary: 'skip checks that need the network' } },
  async run(invocation, _args, { offline }): Promise<Diagnosis> {
    const checks = [
      nodeCheck(invocation.host.nodeVersion),
      await runCheck('configuration', () => configuration(invocation)),
    ]
    if (checks.every(({ status }) => status !== 'failed')) {
      checks.push(
        ...(await placeChecks(invocation)),
        await runCheck('crontab', () => crontab(invocation)),
        ...(await webhookChecks(invocation)),
      )
      if (!offline) checks.push(...(await networkChecks(invocation)))
    }
    return { ok: checks.every(({ status }) => status !== 'failed'), checks: checks.map(inWords) }
  },
  render: ({ checks }, { globals }) => ({
    kind: 'table',
    columns: [
      { title: 'WHAT' },
      {
        title: 'IS',
        tone: (cell) => (({ ok: 'good', failed: 'bad' }) as const)[cell] ?? 'warning',
      },
      { title: 'DETAIL', cut: 'wrap' },
      { title: 'REMEDY', cut: 'wrap' },
    ],
    rows: checks
      .filter(({ status }) => !globals.quiet || status !== 'ok')
      .map(({ name, status, detail, remedy }) => [name, status, detail, remedy ?? '']),
  }),
  partialFailure({ checks }) {
    const bad = checks.filter(({ status }) => status === 'failed')
    if (bad.length === 0) return null
    const names = bad.map(({ name }) => name).join(', ')
    const count = bad.length === 1 ? '1 check' : `${bad.length} checks`
    return { code: 'FAILED', message: `${count} failed: ${names}` }
  },
})

function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number)
  const isSupported = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19)
  const remedy = 'install Node 20.19, 22.12 or later'
  return { name: 'node', ...(isSupported ? ok(version) : failed(version, remedy)) }
}

async function configuration(invocation: Invocation) {
  const { validateConfig } = await import('../../config/validate.js')
  const { dir, files, problems } = await validateConfig(invocation.configRequest)
  const [first, ...others] = problems
  if (first !== undefined) {
    if (others.length === 0 && first.line === null && first.hint !== null) {
      return failed(first.message, first.remedy ?? first.hint)
    }
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`
    return failed(`${first.message}${more}`, 'wizard CONFIG VALIDATE shows each with its line')
  }
  if (dir === null)
    return warning('none: every value is a default', 'wizard CONFIG INIT writes one')
  return ok(`${dir}, ${files.length} ${files.length === 1 ? 'file' : 'files'}`)
}

async function placeChecks(invocation: Invocation): Promise<Check[]> {
  const { inspectPlace } = await import('../../doctor/place.js')
  return inspectPlace(await invocation.config(), await invocation.liveness())
}

async function crontab(invocation: Invocation) {
  const config = await invocation.config()
  const { crontabState } = await import('../../schedules/cron/install.js')
  const state = await crontabState(config, invocation.host.launcher, await invocation.crontab())
  if (state === 'unscheduled')
    return ok('no entry has a pull_schedule, and no workflow a run_schedule')
  if (state === 'installed') return ok('runs due pulls')
  if (state === 'left-over') {
    return warning('has lines of removed schedules', 'wizard SCHEDULE REMOVE removes them')
  }
  if (state === 'absent') {
    return warning(
      'does not run due pulls',
      'wizard SCHEDULE INSTALL, unless another scheduler does it',
    )
  }
  if (state === 'unknown') return unreadable(await invocation.crontab())
  return failed(state, 'wizard SCHEDULE INSTALL updates it, or says what is wrong')
}

/** With cron's own reason: it is not installed, or denies this user. */
async function unreadable(crontab: Crontab) {
  try {
    await crontab.read()
    return warning('could not be read, but now it can', 'run the command again')
  } catch (error) {
    if (!(error instanceof WizardError)) throw error
    const { message, hint, remedy } = reportError(error)
    return warning(message, remedy ?? hint ?? 'try `crontab -l` in a shell')
  }
}

async function webhookChecks({ config, clock }: Invocation): Promise<Check[]> {
  const loaded = await config()
  const webhooks = await loaded.webhooks()
  if (!webhooks?.enabled) return []
  const { inspectWebhooks } = await import('../../doctor/webhooks.js')
  return inspectWebhooks(webhooks, { file: loaded.fileFor('webhooks'), clock })
}

async function networkChecks(invocation: Invocation): Promise<Check[]> {
  const [client, { inspectNetwork }, { proxyFromEnvironment }, config] = await Promise.all([
    invocation.github(),
    import('../../doctor/network.js'),
    import('../../base/proxy.js'),
    invocation.config(),
  ])
  const proxy = await runCheck('proxy', () => {
    const found = proxyFromEnvironment(invocation.env, client.baseUrl)
    if (config.github.proxy !== null) return ok(`${config.github.proxy}, from the configuration`)
    return ok(found ? `${found.url.host}, from ${found.name}` : 'none')
  })
  const { dispatcher } = await client.git()
  const { clock, signal } = invocation
  const options = { dispatcher, signal, clock, userAgent: `udos-wizard/${version}` }
  const reached = await inspectNetwork(options, {
    baseUrl: client.baseUrl.href,
    gitUrl: client.gitUrl,
  })
  return [proxy, ...reached.checks, ...(reached.hasApi ? await accountChecks(invocation) : [])]
}

async function accountChecks(invocation: Invocation): Promise<Check[]> {
  const [client, { authStatus }, { judgeAccount, judgeLimit }] = await Promise.all([
    invocation.github(),
    import('../../github/auth/status.js'),
    import('../../doctor/network.js'),
  ])
  const status = client.credentialSource().then((source) => authStatus(client, source))
  const token = await runCheck('token', async () => judgeAccount(await status, client.clock.now()))
  if (token.status === 'failed') return [token]
  return [
    token,
    await runCheck('rate limit', async () => judgeLimit(await status, invocation.clock.now())),
    ...(await hookChecks(invocation)),
  ]
}

async function hookChecks(invocation: Invocation): Promise<Check[]> {
  const webhooks = await (await invocation.config()).webhooks()
  if (!webhooks?.enabled || webhooks.recover.length === 0) return []
  const { inspectHooks } = await import('../../doctor/hooks.js')
  return inspectHooks(await invocation.github(), webhooks)
}

export const verbs = [doctor]
