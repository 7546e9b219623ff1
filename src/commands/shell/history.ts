import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeWhole } from '../../base/fs/durable-write.js'
import { hasCode } from '../../base/fs/read.js'
import { reasonOf } from '../../base/fs/system-error.js'
import { userFolders } from '../../config/locate/folder.js'
import type { Invocation } from '../../invocation.js'
import { withoutSecrets } from '../script/words.js'

/** Lines that are kept. */
const most = 1000

/** What was typed at the prompt, the newest first; kept in a file that only its owner can read. */
export interface History {
  lines: string[]
  /** Keeps a line without its secrets. A file that can't be written is a warning, once. */
  add(line: string): Promise<void>
}

export async function openHistory({ app, host, terminal }: Invocation): Promise<History> {
  const file = join(userFolders(host).state, 'history')
  const all = (await readIfThere(file)).split('\n').filter(Boolean)
  const lines = all.slice(-most).reverse()
  const warn = (error: unknown) => {
    terminal.note(`warning: can't save the history: ${reasonOf(error)}`)
    return false
  }
  let isKept = await prepare(file, all).catch(warn)
  return {
    lines,
    async add(line) {
      const kept = withoutSecrets(app.redactor(line)).trim()
      if (kept === '' || kept === lines[0]) return
      lines.unshift(kept)
      lines.splice(most)
      if (!isKept) return
      // Appended, so that two prompts side by side keep both their lines.
      isKept = await appendFile(file, `${kept}\n`, { mode: 0o600 }).then(() => true, warn)
    },
  }
}

/** Shortens the file where it has grown to twice its length. */
async function prepare(file: string, lines: string[]): Promise<boolean> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  if (lines.length > 2 * most) {
    await writeWhole(file, `${lines.slice(-most).join('\n')}\n`, 0o600)
  }
  return true
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'EACCES', 'ENOTDIR', 'EISDIR')) return ''
    throw error
  }
}
