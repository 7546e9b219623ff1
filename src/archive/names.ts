import { PathError } from '../base/errors.js'
import { hasCode } from '../base/fs/read.js'
import { reasonOf } from '../base/fs/system-error.js'
import { isTakenForGit } from '../base/names/git-folder.js'
import { oneLine } from '../base/text.js'

/*
 * A stranger chooses the names in an archive, and the files may be copied to any system. So a name
 * is refused if any system would take it for another path.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for these characters
const control = /[\u0000-\u001f\u007f-\u009f]/

const drive = /^[a-z]:/i

/** https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const device = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?: *[.:].*)?$/i

const wholeFaults: [RegExp, string][] = [
  [/^$/, 'its name is empty'],
  [control, 'its name contains a control character'],
  [/\\/, 'its name contains a backslash'],
  [/^\//, 'its path is absolute'],
  [drive, 'its path begins with a drive letter'],
  [/:/, 'its name contains a colon, which Windows reads as a stream'],
  [/[\u202a-\u202e\u2066-\u2069]/, 'its name contains characters that change the text direction'],
]

const partFaults: [RegExp, string][] = [
  [/^\.\.$/, 'it leaves its folder'],
  [/[. ]$/, 'its name ends in a dot or a space'],
  [device, 'its name is reserved for a device'],
]

/** Splits a path of an archive, or says why it is refused. A folder's path ends in a slash. */
export function safeParts(path: string): { parts: string[] } | { fault: string } {
  const whole = faultOf(path, wholeFaults)
  if (whole !== undefined) return { fault: whole }
  // Every system reads `./a` and `a//b` as `a` and `a/b`.
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  for (const part of parts) {
    const fault = faultOf(part, partFaults)
    if (fault !== undefined) return { fault }
  }
  return { parts }
}

const faultOf = (name: string, faults: [RegExp, string][]) =>
  faults.find(([pattern]) => pattern.test(name))?.[1]

/**
 * Equal for two paths that some file system treats as one: by case, or by the composition of
 * accents.
 */
export const folded = (path: string): string =>
  isPlain.test(path) ? path : path.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC')

const isPlain = /^[a-z0-9_./-]*$/

/** In bytes of UTF-8: a file system takes 255, and a temporary name beside it is longer. */
const longestName = 200

function shortened(name: string): string {
  const bytes = Buffer.from(name)
  if (bytes.length <= longestName) return name
  return bytes
    .subarray(0, longestName)
    .toString('utf8')
    .replace(/\ufffd+$/, '')
}

/**
 * Makes a name safe as a file or folder name on every system; `instead` if nothing is left of it.
 */
export function safeName(name: string, instead: string): string {
  const visible = name
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it replaces these characters
    .replace(/[\u0000-\u001f\u007f-\u009f/\\:*?"<>|]/g, '_')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu, '_')
  const safe = shortened(visible).replace(/[. ]+$/, (end) => '_'.repeat(end.length))
  if (safe === '') return instead
  // wizard's own files: its state, and temporary ones.
  const isTaken = device.test(safe) || /^\.wizard(?:-|$)/i.test(safe)
  return isTaken ? `_${safe}` : besideGit(safe)
}

/** A name that no file system takes for `.git`: git would run what such a folder configures. */
export const besideGit = (name: string): string => (isTakenForGit(name) ? `_${name}` : name)

/** An entry's name for messages. */
export const quoted = (name: string): string => oneLine(JSON.stringify(name), 120)

const pathTroubles = ['ENAMETOOLONG', 'EINVAL', 'EILSEQ', 'EEXIST', 'EISDIR', 'ENOTDIR']

/** Names the entry if the file system refuses it. */
export async function namingEntry(label: string, path: string, work: () => Promise<void>) {
  try {
    await work()
  } catch (error) {
    if (!hasCode(error, ...pathTroubles)) throw error
    throw new PathError(`${label}: ${quoted(path)} can't be written here: ${reasonOf(error)}`, {
      cause: error,
    })
  }
}
