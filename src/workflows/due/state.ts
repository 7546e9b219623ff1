import { rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod/mini'
import { damagedPath, syncFolder, writeWhole } from '../../base/fs/durable-write.js'
import { readTextIfThere } from '../../base/fs/read.js'

/** Milliseconds since 1970, within Date's range. */
const time = z.number().check(z.gte(0), z.lte(8.64e15))

const settledSchema = z.object({
  /** A schedule that was changed begins to count anew. */
  schedule: z.string(),
  timezone: z.nullable(z.string()),
  /** `owner/repo` */
  repo: z.string(),
  /** Its due times until then are settled: dispatched, or before it was first seen. */
  since: time,
  last_run: z.nullable(z.object({ at: time, run_id: z.nullable(z.number()) })),
  /** Its newest runs, so that they are not taken for those of another entry of the workflow. */
  run_ids: z._default(z.array(z.number()), []),
  /** When a dispatch was sent whose end is not known yet. */
  sending: z.nullable(time),
})

/** What is known of one scheduled workflow. */
export type Settled = z.infer<typeof settledSchema>

const stateSchema = z.object({
  version: z.literal(1),
  /** By the place of the configuration, because several may share a root. */
  configurations: z.record(z.string(), z.record(z.string(), settledSchema)),
})

/** More than are listed in one request. */
const mostIds = 200

/** The state after a dispatch, here or elsewhere: what fell due until now is settled. */
export function settledBy(
  before: Settled,
  { now, at, runId }: { now: number; at: number; runId: number | null },
): Settled {
  const ids = runId === null ? before.run_ids : [runId, ...before.run_ids].slice(0, mostIds)
  return { ...before, since: now, last_run: { at, run_id: runId }, run_ids: ids, sending: null }
}

type Workflows = Record<string, Settled>

/** The dispatches of one configuration's schedules, in `ROOT/.wizard/run-schedules.json`. */
export class DueState {
  readonly #file: string
  readonly #place: string
  readonly #others: Record<string, Workflows>
  readonly #own: Map<string, Settled>
  #isDamaged: boolean

  private constructor(file: string, place: string, all: Record<string, Workflows> | null) {
    const { [place]: own = {}, ...others } = all ?? {}
    this.#file = file
    this.#place = place
    this.#others = others
    this.#own = new Map(Object.entries(own))
    this.#isDamaged = all === null
  }

  /**
   * A damaged state is reported, and set aside by the first save: then every schedule is new.
   *
   * @param place the path of the configuration
   * @throws the system's error if the file exists and can't be read
   */
  static open(root: string, place: string, onTrouble: (message: string) => void): DueState {
    const file = join(root, '.wizard', 'run-schedules.json')
    const text = readTextIfThere(file)
    const all = text === null ? {} : configurationsIn(text)
    if (all === null) {
      onTrouble(
        `${file} is damaged, so each run_schedule counts from now; it is kept as ${damagedPath(file)}`,
      )
    }
    return new DueState(file, place, all)
  }

  get(name: string): Settled | undefined {
    return this.#own.get(name)
  }

  /** The runs that are known to be of these schedules. */
  runIds(): Set<number> {
    const all = [...this.#own.values(), ...Object.values(this.#others).flatMap(Object.values)]
    return new Set(all.flatMap(({ run_ids: ids }: Settled) => ids))
  }

  /** @returns whether there were others */
  keepOnly(names: string[]): boolean {
    const gone = [...this.#own.keys()].filter((name) => !names.includes(name))
    for (const name of gone) this.#own.delete(name)
    return gone.length > 0
  }

  /**
   * Changes it and waits until that is on the disk. Only the holder of the lock may call it.
   *
   * @throws the system's error; then nothing may be dispatched
   */
  async set(name: string, settled: Settled): Promise<void> {
    this.#own.set(name, settled)
    await this.save()
  }

  async save(): Promise<void> {
    const own = { [this.#place]: Object.fromEntries(this.#own) }
    const state = { version: 1, configurations: { ...this.#others, ...own } }
    if (this.#isDamaged) await rename(this.#file, damagedPath(this.#file))
    this.#isDamaged = false
    await writeWhole(this.#file, `${JSON.stringify(state)}\n`, 0o600)
    await syncFolder(dirname(this.#file))
  }
}

function configurationsIn(text: string): Record<string, Workflows> | null {
  try {
    return stateSchema.parse(JSON.parse(text)).configurations
  } catch {
    return null
  }
}
