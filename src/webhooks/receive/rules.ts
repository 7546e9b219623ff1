import type { Clock } from '../../base/clock.js'
import { type Access, type AccessRules, accessFor } from './access.js'
import { type GitHubRanges, watchGitHubRanges } from './github-ranges.js'

export interface RuleSources<Settings> {
  /** The same object as long as nothing has changed. */
  settings(): Settings
  /** The `hooks` of `GET /meta`. */
  githubRanges(): Promise<readonly string[]>
  clock: Clock
  warn(message: string): void
}

export interface Rules<Settings> {
  /**
   * The settings with the access rules, which are made once a reload.
   *
   * @throws ConfigError as `accessFor`
   */
  current(): Settings & { access: Access }
  /** Ends the requests for GitHub's addresses. */
  stop(): void
}

export function rulesOf<Settings extends AccessRules>(
  sources: RuleSources<Settings>,
): Rules<Settings> {
  const { clock, warn } = sources
  let ranges: GitHubRanges | undefined
  let known: { settings: Settings; rules: Settings & { access: Access } } | undefined
  const github = () => {
    ranges ??= watchGitHubRanges({ ask: sources.githubRanges, clock, warn })
    return ranges
  }
  return {
    current() {
      const settings = sources.settings()
      if (settings !== known?.settings) {
        known = { settings, rules: { ...settings, access: accessFor(settings, github) } }
      }
      return known.rules
    },
    stop: () => ranges?.stop(),
  }
}
