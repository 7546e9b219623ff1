import type { GitConfig } from './config-file.js'

/**
 * The address that git asks: with its beginning replaced by `url.BASE.insteadOf`, of which the
 * longest wins. `pushInsteadOf` does not concern fetching.
 *
 * @see https://git-scm.com/docs/git-config#Documentation/git-config.txt-urlltbasegtinsteadOf
 */
export function resolveAlias(config: GitConfig, url: string): string {
  const [longest] = config
    .keys('url.')
    .filter((key) => key.endsWith(suffix))
    .flatMap((key) => config.all(key).map((alias) => ({ base: baseIn(key), alias })))
    .filter(({ alias }) => url.startsWith(alias))
    .sort((one, other) => other.alias.length - one.alias.length)
  return longest === undefined ? url : longest.base + url.slice(longest.alias.length)
}

const suffix = '.insteadof'
const baseIn = (key: string) => key.slice('url.'.length, -suffix.length)
