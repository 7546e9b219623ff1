import type { Clock } from '../../base/clock.js'
import { WizardError } from '../../base/errors.js'
import { reasonOf } from '../../base/fs/system-error.js'
import { networkTest, parseNetwork } from '../../base/names/network.js'

/** The addresses that GitHub sends deliveries from, as last read. */
export interface GitHubRanges {
  /** Waits for the first answer. null: the addresses have not been read yet. */
  has(address: string): Promise<boolean | null>
  /** Ends the daily request. */
  stop(): void
}

export interface GitHubRangesOptions {
  /** The `hooks` of `GET /meta`. https://docs.github.com/en/rest/meta/meta */
  ask(): Promise<readonly string[]>
  clock: Clock
  warn(message: string): void
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Reads the addresses at once and then daily. If GitHub does not answer, the last list stays. */
export function watchGitHubRanges({ ask, clock, warn }: GitHubRangesOptions): GitHubRanges {
  let isInRange: ((address: string) => boolean) | null = null
  let isStopped = false
  let unset = () => {}

  async function refresh(): Promise<void> {
    let pause = day
    try {
      isInRange = await askRanges(ask)
    } catch (error) {
      pause = isInRange === null ? minute : hour
      warn(warningOf(error, isInRange !== null))
    }
    if (!isStopped) unset = clock.after(pause, refresh)
  }

  const first = refresh()
  return {
    async has(address) {
      if (isInRange === null) await first
      return isInRange?.(address) ?? null
    },
    stop() {
      isStopped = true
      unset()
    },
  }
}

async function askRanges(ask: GitHubRangesOptions['ask']) {
  const networks = (await ask()).map(parseNetwork).filter((network) => network !== null)
  if (networks.length === 0) throw new WizardError('it lists no addresses for hooks')
  return networkTest(networks)
}

const warningOf = (error: unknown, isKnown: boolean) =>
  `GitHub's addresses can't be read: ${reasonOf(error)}; ${
    isKnown ? 'the last list stays' : 'deliveries that only they admit are refused with 503'
  }`
