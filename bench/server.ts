import { fork } from 'node:child_process'
import { once } from 'node:events'
import { startLocalGitHub } from 'local-github'
import pLimit from 'p-limit'
import { BenchGitHub } from './github.js'

/** The same interface from another process, one call at a time. */
export type RemoteGitHub = {
  [K in keyof BenchGitHub]: (
    ...given: Parameters<BenchGitHub[K]>
  ) => Promise<Awaited<ReturnType<BenchGitHub[K]>>>
}

interface Call {
  name: keyof BenchGitHub
  given: unknown[]
}

type Answer = { value: unknown } | { error: string }

/** The word that makes `bench/index.ts` the server instead of a bench. */
export const serverWord = 'local-github'

/** The server's process: serves calls until its parent exits. */
export async function serveCalls(): Promise<void> {
  const local = await startLocalGitHub()
  const github = new BenchGitHub(local)
  const reply = (answer: Answer) => process.send?.(answer)
  process.on('message', async ({ name, given }: Call) => {
    try {
      const deed = github[name] as (...given: unknown[]) => unknown
      reply({ value: await deed.apply(github, given) })
    } catch (error) {
      reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
  await once(process, 'disconnect')
  await local.close()
}

/** Starts the server; it ends with this process, or by `stop`. */
export function startBenchGitHub(): { github: RemoteGitHub; stop(): Promise<void> } {
  const child = fork(process.argv[1] ?? '', [serverWord], { serialization: 'advanced' })
  const exit = once(child, 'exit')
  const oneAtATime = pLimit(1)
  const call = (name: keyof BenchGitHub, given: unknown[]) =>
    oneAtATime(async () => {
      child.send({ name, given })
      const answer = await Promise.race([once(child, 'message'), exit])
      return valueIn(answer[0])
    })
  const get =
    (_: unknown, name: keyof BenchGitHub) =>
    (...given: unknown[]) =>
      call(name, given)
  return {
    github: new Proxy({}, { get }) as RemoteGitHub,
    async stop() {
      child.disconnect()
      await exit
    },
  }
}

function valueIn(answer: Answer | number | null): unknown {
  if (typeof answer !== 'object' || answer === null) throw new Error('the local GitHub has ended')
  if ('error' in answer) throw new Error(answer.error)
  return answer.value
}
