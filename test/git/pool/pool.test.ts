import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type PoolOptions, WorktreePool } from '../../../src/git/pool/pool.js'
import { git, temporaryFolder } from '../support/real-git.js'
import { addRandomHistory } from '../support/trees.js'

let folder: string
/** The worker as the build makes it. */
let worker: URL

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wizard-test-'))
  worker = pathToFileURL(join(folder, 'worker.mjs'))
  const input = join(import.meta.dirname, '../../../src/git/pool/worker.ts')
  const bundle = await rolldown({ input, platform: 'node', logLevel: 'silent' })
  await bundle.write({ file: join(folder, 'worker.mjs'), format: 'esm', codeSplitting: false })
  await bundle.close()
  return () => rmSync(folder, { recursive: true })
})

async function openPool(options: Partial<PoolOptions> = {}): Promise<WorktreePool> {
  const pool = await WorktreePool.open({ expected: 0, helpers: 1, file: worker, ...options })
  onTestFinished(() => pool.close())
  return pool
}

/** One edited file each, and one new one. */
function repositories(count: number) {
  return Array.from({ length: count }, (_, seed) => {
    const dir = temporaryFolder()
    git(dir, ['init', '--quiet', '--initial-branch=main'])
    addRandomHistory(dir, { seed: seed + 1, commits: 1, changes: 6 })
    git(dir, ['reset', '--hard', '--quiet'])
    writeFileSync(join(dir, `new-${seed}`), '')
    return { dir, gitDir: join(dir, '.git'), env: {} }
  })
}

const newFiles = (count: number) =>
  Array.from({ length: count }, () => ({
    ...{ staged: 0, unstaged: 0, untracked: 1, stashes: 0 },
    last_commit: expect.objectContaining({ oid: expect.stringMatching(/^[0-9a-f]{40}$/) }),
  }))

/** A thread that answers with something that distinguishes it from this one, or misbehaves. */
function workerThat(does: string): URL {
  const file = join(folder, `${Math.abs(does.length * 31 + does.charCodeAt(0))}-${does.length}.mjs`)
  writeFileSync(
    file,
    `import { parentPort } from 'node:worker_threads'
    parentPort.on('message', ({ id }) => { ${does} })`,
  )
  return pathToFileURL(file)
}

const elsewhere = { staged: 77, unstaged: 0, untracked: 0, stashes: 0, last_commit: null }
const answersElsewhere = `parentPort.postMessage({ id, summary: ${JSON.stringify(elsewhere)} })`

describe('a pool of threads', () => {
  test.each([0, 1, 3])(
    'tells the same with %i more threads',
    { tags: ['deep'] },
    async (helpers) => {
      const pool = await openPool({ helpers })
      const summaries = await Promise.all(repositories(8).map((task) => pool.summarize(task)))
      expect(summaries).toEqual(newFiles(8))
    },
  )

  test('gives work to the others', { tags: ['deep'] }, async () => {
    const pool = await openPool({ file: workerThat(answersElsewhere) })
    const [task] = repositories(1)
    expect(await pool.summarize(task!)).toEqual(elsewhere)
  })

  test('starts none for a few repositories, and none without its file', async () => {
    const file = workerThat(answersElsewhere)
    const [task] = repositories(1)
    for (const options of [
      { file, expected: 15 },
      { file: null, expected: 1000 },
    ]) {
      const pool = await openPool({ helpers: undefined, ...options })
      expect(await pool.summarize(task!)).toEqual(newFiles(1)[0])
    }
  })

  test('throws what a repository throws, with its hint', async () => {
    const pool = await openPool()
    const [task] = repositories(1)
    writeFileSync(join(task!.gitDir, 'index'), 'damaged')
    await expect(pool.summarize(task!)).rejects.toMatchObject({
      code: 'CONFLICT',
      reason: 'unsupported',
      hint: expect.stringContaining('git reset'),
    })
  })

  test.each(['process.exit(3)', 'throw new Error("broken")'])(
    'does the work of a thread that dies, and says so: %s',
    { tags: ['deep'] },
    async (deed) => {
      const told: string[] = []
      const pool = await openPool({
        file: workerThat(deed),
        onDeath: (message) => told.push(message),
      })
      const summaries = await Promise.all(repositories(5).map((task) => pool.summarize(task)))
      expect(summaries).toEqual(newFiles(5))
      expect(told).toHaveLength(1)
      expect(told[0]).toMatch(/a thread of wizard died \((it ended with 3|broken)\)/)
    },
  )

  test('ends what it waits for when it is aborted', async () => {
    const controller = new AbortController()
    const pool = await openPool({ file: workerThat('while (true);'), signal: controller.signal })
    const [task] = repositories(1)
    const asked = pool.summarize(task!)
    controller.abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')
    await expect(pool.summarize(task!)).rejects.toThrow('enough')
  })
})
