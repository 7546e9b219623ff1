import { rename } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { z } from 'zod/mini'
import { damagedPath, writeWhole } from '../base/fs/durable-write.js'
import { readTextIfThere } from '../base/fs/read.js'
import { reasonOf } from '../base/fs/system-error.js'
import { isSameName } from '../base/names/repository.js'
import { warnings } from '../git/repository/warnings.js'

/** Milliseconds since 1970, within Date's range; null: never. */
const timeSchema = z._default(z.nullable(z.number().check(z.gte(0), z.lte(8.64e15))), null)

const rememberedSchema = z.object({
  repo: z.string(),
  /**
   * GitHub's id. A renamed repository keeps it; another repository under its old name has a
   * different one.
   */
  id: z._default(z.nullable(z.number()), null),
  /** The account whose `from:` entry listed it. */
  source: z._default(z.nullable(z.string()), null),
  /** Whether wizard made the clone. */
  made: z._default(z.boolean(), false),
  /** Whether its commit has files of Git LFS; null: not known. */
  uses_lfs: z._default(z.nullable(z.boolean()), null),
  last_attempt: timeSchema,
  last_pull: timeSchema,
  warnings: z._default(
    z.pipe(
      z.array(z.string()),
      // One of an earlier version may mean nothing now.
      z.transform((names) => warnings.filter((warning) => names.includes(warning))),
    ),
    [],
  ),
})

export type Remembered = z.infer<typeof rememberedSchema>

const stateSchema = z.object({
  version: z.literal(1),
  repositories: z.record(z.string(), rememberedSchema),
})

/** The remembered state of each repository below one root, in `ROOT/.wizard/state.json`. */
export class SyncState {
  readonly #root: string
  readonly #repositories: Map<string, Remembered>
  #writing: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined
  readonly #onTrouble: (message: string) => void

  /** The file has content that is not a state: it is kept beside the new one. */
  #isDamaged: boolean

  private constructor(
    root: string,
    repositories: Map<string, Remembered> | null,
    onTrouble: (message: string) => void,
  ) {
    this.#root = root
    this.#repositories = repositories ?? new Map()
    this.#isDamaged = repositories === null
    this.#onTrouble = onTrouble
  }

  /**
   * A damaged state is reported, and set aside by the first save.
   *
   * @throws the system's error if the file exists and can't be read
   */
  static async open(root: string, onTrouble: (message: string) => void): Promise<SyncState> {
    const file = fileIn(root)
    const text = readTextIfThere(file)
    const repositories = text === null ? new Map() : repositoriesIn(text)
    if (repositories === null) {
      onTrouble(
        `${file} is damaged, so the times of the last pulls are lost; it is kept as ${damagedPath(file)}`,
      )
    }
    return new SyncState(root, repositories, onTrouble)
  }

  get(path: string): Remembered | undefined {
    return this.#repositories.get(relative(this.#root, path))
  }

  /** Absolute paths of all remembered repositories. */
  entries(): [path: string, remembered: Remembered][] {
    return [...this.#repositories].map(([path, remembered]) => [join(this.#root, path), remembered])
  }

  /** Absolute paths of the repositories of one owner. */
  clonesOf(owner: string): string[] {
    const isTheirs = ({ repo }: Remembered) => isSameName(repo.split('/')[0] ?? '', owner)
    return this.entries().flatMap(([path, one]) => (isTheirs(one) ? [path] : []))
  }

  update(path: string, change: Partial<Remembered> & { repo: string }): void {
    const before = this.get(path) ?? rememberedSchema.parse({ repo: change.repo })
    this.#repositories.set(relative(this.#root, path), { ...before, ...change })
  }

  forget(path: string): void {
    this.#repositories.delete(relative(this.#root, path))
  }

  /**
   * Saves atomically, one save at a time; requests during a save share the next one. Only the
   * holder of the root's lock may call it. A failure to save is reported but does not fail the run,
   * because the repositories have changed already.
   */
  save(): Promise<void> {
    this.#next ??= this.#writing.then(() => {
      this.#next = undefined
      this.#writing = this.#write()
      return this.#writing
    })
    return this.#next
  }

  async #write(): Promise<void> {
    const file = fileIn(this.#root)
    const state = { version: 1, repositories: Object.fromEntries(this.#repositories) }
    try {
      if (this.#isDamaged) await rename(file, damagedPath(file))
      this.#isDamaged = false
      await writeWhole(file, `${JSON.stringify(state)}\n`, 0o600)
    } catch (error) {
      this.#onTrouble(`${file} can't be written: ${reasonOf(error)}`)
    }
  }
}

const fileIn = (root: string) => join(root, '.wizard', 'state.json')

function repositoriesIn(text: string): Map<string, Remembered> | null {
  try {
    return new Map(Object.entries(stateSchema.parse(JSON.parse(text)).repositories))
  } catch {
    return null
  }
}
