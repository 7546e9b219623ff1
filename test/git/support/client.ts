import { type LocalGitHub, type LocalGitHubOptions, startLocalGitHub } from 'local-github'
import { onTestFinished } from 'vitest'
import type { Git, GitProgress } from '../../../src/git/git.js'
import { createDispatcher } from '../../../src/http/dispatcher.js'
import { type TestClock, testClock } from '../../support/clock.js'
import { engineOfRun } from '../../support/wizard.js'
import { type HistoryOptions, historyStream } from './histories.js'
import { git } from './real-git.js'

export interface Client extends Git {
  clock: TestClock
  progress: GitProgress[]
}

/**
 * The arguments of wizard's git functions, with their own connections, which are closed after the
 * test.
 */
export function client({
  stallTimeout = 5_000,
  ...more
}: Omit<Partial<Git>, 'clock'> & { stallTimeout?: number } = {}): Client {
  const dispatcher = createDispatcher({ proxy: null, env: {}, stallTimeout })
  onTestFinished(() => dispatcher.destroy())
  const progress: GitProgress[] = []
  const onProgress = (event: GitProgress) => void progress.push(event)
  const engine = usesOtherEngine() ? 'isomorphic-git' : 'wizard'
  return { dispatcher, engine, clock: testClock(Date.now()), onProgress, progress, ...more }
}

/** Whether the tests run with isomorphic-git as the engine. */
export const usesOtherEngine = () => engineOfRun().WIZARD_GIT_ENGINE !== undefined

/**
 * More bytes than an answer has before the pack if isomorphic-git asks: it ignores other bytes in
 * the server's progress messages.
 */
export const beforePack = () => (usesOtherEngine() ? 10_000 : 0)

/** The Authorization header for one origin only. */
export const tokenFor =
  (origin: string, token: string) =>
  async (url: URL): Promise<string | undefined> =>
    url.origin === new URL(origin).origin
      ? `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`
      : undefined

/** A GitHub on loopback ports for one test. */
export async function localGitHub(options: LocalGitHubOptions = {}): Promise<LocalGitHub> {
  const github = await startLocalGitHub(options)
  onTestFinished(() => github.close())
  return github
}

/** A repository on it with a generated history. @returns its address and its bare folder */
export async function servedHistory(
  github: LocalGitHub,
  name: string,
  options: HistoryOptions = {},
): Promise<{ url: string; bare: string }> {
  const { bare } = await github.addRepository(name, { empty: true })
  git(bare, ['fast-import', '--quiet', '--force'], { input: historyStream(options) })
  return { url: `${github.gitUrl}/${name}.git`, bare }
}
