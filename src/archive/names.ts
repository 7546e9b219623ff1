import { PathError } from '../base/errors.js'
import { hasCode } from '../base/fs/read.js'
import { oneLine } from '../base/text.js'

/*
 * What an archive holds is somebody else's choice, and may be copied to any system: a name is refused where
 * any of them would take it for another place.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]/

const drive = /^[a-z]:/i

/** https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const device = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?: *[.:].*)?$/i

const wholeFaults: [RegExp, string][] = [
  [/^$/, 'its name is empty'],
  [control, 'its name holds a control character'],
  [/\\/, 'its name holds a backslash'],
  [/^\//, 'its path is absolute'],
  [drive, 'its path begins with a drive letter'],
]

const partFaults: [RegExp, string][] = [
  [/^\.\.$/, 'it leaves its folder'],
  [/[. ]$/, 'its name ends in a dot or a space'],
  [device, 'its name is that of a device'],
]

/** A path of an archive in its parts, or why it is refused. A folder's ends in a slash. */
export function safeParts(path: string): { parts: string[] } | { fault: string } {
  const whole = faultOf(path, wholeFaults)
  if (whole !== undefined) return { fault: whole }
  // `./a` and `a//b` are `a` and `a/b` everywhere.
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  for (const part of parts) {
    const fault = faultOf(part, partFaults)
    if (fault !== undefined) return { fault }
  }
  return { parts }
}

const faultOf = (name: string, faults: [RegExp, string][]) =>
  faults.find(([pattern]) => pattern.test(name))?.[1]

/** Equal for two paths that some file system takes for one: by case, or by how accents are composed. */
export const folded = (path: string): string =>
  isPlain.test(path) ? path : path.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC')

const isPlain = /^[a-z0-9_./-]*$/

const longestName = 200

/** A name that somebody gave, as a folder may have it on any system; `instead` where nothing is left of it. */
export function safeName(name: string, instead: string): string {
  const safe = name
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
    .replace(/[\u0000-\u001f\u007f-\u009f/\\:*?"<>|]/g, '_')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu, '_')
    .slice(0, longestName)
    .replace(/\p{Surrogate}$/u, '')
    .replace(/[. ]+$/, (end) => '_'.repeat(end.length))
  if (safe === '') return instead
  // A part of ours that was being written begins so, too.
  return device.test(safe) || safe.toLowerCase().startsWith('.wizard-') ? `_${safe}` : safe
}

/** An entry as it stands in a message. */
export const quoted = (name: string): string => oneLine(JSON.stringify(name), 120)

const pathTroubles = ['ENAMETOOLONG', 'EINVAL', 'EILSEQ', 'EEXIST', 'EISDIR', 'ENOTDIR']

/** What this file system does not take is told by the entry's name. */
export async function telling(label: string, path: string, work: () => Promise<void>) {
  try {
    await work()
  } catch (error) {
    if (!hasCode(error, ...pathTroubles)) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new PathError(`${label}: ${quoted(path)} can't be written here (${code})`, {
      cause: error,
    })
  }
}
