import type { Environment } from '../base/environment.js'
import { ConfigError } from '../base/errors.js'
import type { Config } from '../config/load.js'
import { readVariables, variableOf } from '../config/locate/folder.js'
import type { Source } from '../config/yaml/place.js'
import type { Launcher } from '../process/host.js'

/** Seconds that a run waits for the run before it: two schedules may start in the same minute. */
const lockWait = 3600

/** What a scheduler starts: the pulls of repos.yaml, or the workflows of components.yaml. */
export type DueVerb = 'repo sync' | 'workflow run'

/**
 * The command of a scheduler: does everything that is due, and prints nothing if all is well. It
 * contains no secret.
 */
export function dueCommand(verb: DueVerb, { node, script }: Launcher, config: Config): string[] {
  const rest = [
    '--due',
    '--quiet',
    '--lock-wait',
    String(lockWait),
    '--config',
    placeOfConfig(config),
  ]
  return [node, script, ...verb.split(' '), ...rest, ...rootFlag(config)]
}

/**
 * What `--config` names: the folder, or the single file.
 *
 * @throws ConfigError if no configuration was found
 */
export function placeOfConfig({
  dir,
  single,
  absent,
}: Pick<Config, 'dir' | 'single' | 'absent'>): string {
  if (dir !== null) return single ?? dir
  throw new ConfigError(`${absent('repos')}, so there is nothing to schedule`, {
    hint: [
      { verb: ['REPO', 'ADD'], target: 'owner/repo' },
      ' writes it; ',
      { flag: 'config', value: 'DIR' },
      ' names another folder',
    ],
  })
}

/** A root that no file sets would differ in a scheduler's environment, so the command names it. */
export function rootFlag({ root, sources }: Pick<Config, 'root' | 'sources'>): string[] {
  const source = sources.root?.from
  return source === 'flag' || source === 'variable' ? ['--root', root] : []
}

/** What works in this shell but would not in a scheduler, whose environment is nearly empty. */
export async function missingElsewhere(config: Config, env: Environment): Promise<string[]> {
  const dir = config.dir ?? placeOfConfig(config)
  const { own } = await readVariables(dir, env, dir)
  const warnings = Object.entries(config.sources).flatMap(([key, source]) =>
    key === 'root'
      ? []
      : namesOf(source)
          .filter((name) => variableOf(own, name) === undefined)
          .map((name) => fromVariable(key, name, dir)),
  )
  const { token, app, proxy } = config.github
  if (token === null && app === null) warnings.push(noToken)
  const named = proxies.find((name) => variableOf(env, name))
  if (proxy === null && named !== undefined) warnings.push(fromVariable('github.proxy', named, dir))
  if (env.TZ) warnings.push(`TZ is ${env.TZ} here; a scheduled run uses the machine's time zone`)
  return warnings
}

function namesOf(source: Source): string[] {
  if (source.from === 'variable') return [source.name]
  return source.from === 'file' ? source.variables : []
}

const proxies = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy']

const fromVariable = (key: string, name: string, dir: string) =>
  `${key} comes from ${name}, which a scheduled run does not have; set it in ${dir}/.env or github.yaml`

const noToken =
  'the configuration has no token; a scheduled run finds gh only in /usr/bin and /bin, and has no token without it'
