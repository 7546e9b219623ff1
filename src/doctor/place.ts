import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { existsAt, readTextIfThere } from '../base/fs/read.js'
import { looksSecret } from '../base/redact.js'
import { formatBytes } from '../base/text.js'
import type { Config } from '../config/load.js'
import type { Source } from '../config/yaml/place.js'
import { isDead, type Liveness, readMark } from '../process/owner-mark.js'
import { type Check, failed, ok, runCheck, warning } from './check.js'

/** The folders that wizard writes to, and other processes that use them. */
export async function inspectPlace(
  { root, logsDir, dir, sources }: Pick<Config, 'root' | 'logsDir' | 'dir' | 'sources'>,
  liveness: Liveness,
): Promise<Check[]> {
  return [
    await runCheck('ROOT', () => writable(root)),
    await runCheck('logs', () => writable(logsDir)),
    await runCheck('secrets', () => onlyMine(dir, sources['github.token'])),
    await runCheck('disk', () => roomAt(root)),
    await runCheck('lock', () => lockAt(join(root, '.wizard', 'lock'), liveness)),
  ]
}

async function nearestFolder(path: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder)) {
    if ((await existsAt(folder)) || folder === dirname(folder)) return folder
  }
}

async function writable(path: string) {
  const folder = await nearestFolder(path)
  if (!(await stat(folder)).isDirectory())
    return failed(`not a folder: ${folder}`, [
      'move it away, or choose another by root, logs or ',
      { flag: 'root' },
    ])
  try {
    await access(folder, constants.W_OK | constants.X_OK)
  } catch {
    return failed(`${folder} can't be written`, [
      'change its permissions, or choose another folder by root, logs or ',
      { flag: 'root' },
    ])
  }
  return ok(folder === path ? path : `${path}, not created yet`)
}

/** Whether others can read a file that holds a secret. */
async function onlyMine(dir: string | null, token: Source | undefined) {
  const files = dir !== null && holdsSecret(join(dir, '.env')) ? [join(dir, '.env')] : []
  if (token?.from === 'file' && token.variables.length === 0) files.push(token.position.file)
  for (const file of files) {
    const { mode } = await stat(file)
    if ((mode & 0o077) !== 0) {
      return warning(`${file} contains a secret, and others can read it`, `chmod 600 ${file}`)
    }
  }
  return ok('no secret is readable by others')
}

function holdsSecret(file: string): boolean {
  const lines = readTextIfThere(file)?.split('\n') ?? []
  return lines.some((line) => /=\s*\S/.test(line) && looksSecret(line.split('=')[0] ?? ''))
}

const megabyte = 1024 * 1024
const [little, tooLittle] = [1024 * megabyte, 50 * megabyte]
const fewFiles = 10_000

async function roomAt(path: string) {
  const folder = await nearestFolder(path)
  const { bavail, bsize, files, ffree } = await statfs(folder)
  const free = bavail * bsize
  const detail = `${formatBytes(free)} free at ${folder}`
  if (free < tooLittle)
    return failed(detail, ['free some space, or choose another disk by root or ', { flag: 'root' }])
  // File systems that create inodes on demand report none.
  if (files > 0 && ffree < fewFiles)
    return warning(
      `${detail}, but only ${ffree} files left`,
      'remove some files: each clone has many',
    )
  return free < little ? warning(detail, 'free some space soon') : ok(detail)
}

async function lockAt(path: string, liveness: Liveness) {
  const holder = await readMark(path)
  if (holder === 'gone') return ok('free')
  if (holder === 'foreign')
    return failed(`${path} is not a lock of wizard`, 'look at it, and move it away')
  if (await isDead(path, liveness)) return ok('left by a killed run: the next run takes it over')
  return ok('held by another wizard')
}
