import { isUtf8 } from 'node:buffer'
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { ConfigError } from '../../base/errors.js'
import { reasonOf } from '../../base/fs/system-error.js'

/** Five thousand repositories with every key need about 1 MB. */
const mostBytes = 8 * 1024 * 1024

/** @throws ConfigError if it can't be read, is not a regular file, is too large, or not UTF-8 */
export const readText = (path: string, shown = path): string =>
  decode(readBytes(path, shown), path, shown)

/**
 * Synchronous, because loading node's promise API takes longer than reading the file.
 *
 * @throws ConfigError, with the system's error as its cause, if it can't be read, is not a regular
 *   file, or is too large
 */
export function readBytes(path: string, shown: string): Buffer {
  try {
    // Without O_NONBLOCK a named pipe would wait for a writer.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const stat = fstatSync(fd)
      if (!stat.isFile()) {
        const what = stat.isDirectory() ? 'a folder' : 'not a regular file'
        throw new ConfigError(`${shown}: is ${what}; expected a file`)
      }
      if (stat.size > mostBytes) {
        throw new ConfigError(`${shown}: is too large; expected at most ${mostBytes >> 20} MiB`)
      }
      return readFileSync(fd)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw unreadable(error, shown)
  }
}

/** The error for an unreadable file, in one line. */
export function unreadable(error: unknown, shown: string): ConfigError {
  return new ConfigError(`${shown}: can't be read: ${reasonOf(error)}`, { cause: error })
}

function decode(bytes: Buffer, path: string, shown: string): string {
  if (isUtf8(bytes) && !bytes.includes(0)) return bytes.toString('utf8')
  let start = 0
  for (let line = 1; ; line++) {
    const end = bytes.indexOf(0x0a, start) + 1 || bytes.length
    const part = bytes.subarray(start, end)
    if (isUtf8(part) && !part.includes(0)) {
      start = end
      continue
    }
    // UTF-16 without a byte order mark contains NULs.
    const before = new TextDecoder().decode(part).search(/[\ufffd\0]/)
    const column = before + 1
    throw new ConfigError(`${shown}:${line}:${column}: the file is not UTF-8`, {
      hint: 'save it as UTF-8',
      place: { file: path, line, column, key: null, nearest: null },
    })
  }
}
