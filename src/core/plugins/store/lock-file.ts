import { z } from 'zod'
import { ConfigError } from '../../errors.js'
import { readTextIfThere } from '../../files.js'
import { oneLine } from '../../text.js'
import { writeWhole } from '../../whole-file.js'
import { isPluginId } from '../manifest/parse.js'

const optional = z.string().nullable().default(null)

/** What was installed, exactly; what is not known here is kept. */
export const lockEntry = z.looseObject({
  /** `owner/repo` */
  repo: z.string().regex(/^[A-Za-z0-9][\w-]*\/(?!\.{1,2}$)[\w.-]+$/),
  version: optional,
  tag: z.string().min(1),
  /** How its tags are made of versions, where a component said so. */
  template: optional,
  /** The full id of the tag's commit. */
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  /** `asset`: a file of the release; `tree`: the repository's own files. */
  source: z.enum(['asset', 'tree']),
  /** The asset's name; null of a tree. */
  asset: optional,
  /** Where it came from. */
  address: z.string(),
  /** Of the asset's bytes, or of the list of a tree's files: see `treeDigest`. Hexadecimal digits. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Bytes: of the asset, or of all files of a tree. */
  size: z.number().int().nonnegative(),
  /** ISO 8601, UTC. */
  installed_at: z.string(),
  /** Whose signature its manifest bears: see `Signer`. */
  signed_by: optional,
  name: optional,
  description: optional,
  category: optional,
  license: optional,
  warnings: z.array(z.string()).default([]),
})

export type LockEntry = z.output<typeof lockEntry>

const lockFile = z.looseObject({
  version: z.literal(1),
  plugins: z.record(z.string(), lockEntry),
})

/** The entries by id, in its order, and what else is in the file. */
export interface PluginLock {
  entries: Map<string, LockEntry>
  rest: Record<string, unknown>
}

/** @throws ConfigError for a file that is damaged, or names what can't be a folder */
export function readLock(path: string): PluginLock {
  const text = readTextIfThere(path)
  if (text === null) return { entries: new Map(), rest: {} }
  const parsed = lockFile.safeParse(jsonIn(text, path))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const where = oneLine(issue?.path.join('.') ?? '', 100)
    throw damaged(path, `${where}: ${oneLine(issue?.message ?? '', 200)}`)
  }
  const { plugins, version: _, ...rest } = parsed.data
  for (const id of Object.keys(plugins)) {
    if (!isPluginId(id)) throw damaged(path, `plugins.${oneLine(id, 60)} is no name of a plugin`)
  }
  return { entries: new Map(Object.entries(plugins)), rest }
}

function jsonIn(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw damaged(path, oneLine((cause as SyntaxError).message, 160))
  }
}

const damaged = (path: string, what: string) =>
  new ConfigError(`${path}: ${what}`, {
    hint: 'bring it back from version control or a backup; the plugins themselves are as they were',
  })

/** In the order of ids, a key a line, so that two versions of it are compared easily. */
export async function writeLock(path: string, { entries, rest }: PluginLock): Promise<void> {
  const plugins = Object.fromEntries([...entries].sort(([one], [other]) => compare(one, other)))
  await writeWhole(path, `${JSON.stringify({ ...rest, version: 1, plugins }, null, 2)}\n`)
}

const compare = (one: string, other: string) => (one < other ? -1 : 1)
