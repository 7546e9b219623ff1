import { asHfsReads } from '../../base/names/git-folder.js'
import { oneLine } from '../../base/text.js'
import type { BytePath } from '../plumbing/byte-path.js'
import { showPath } from '../plumbing/byte-path.js'
import { refusedSubmodule } from './refusal.js'

/** A submodule's name is the path of its git folder below `.git/modules`. */
export interface NamedSubmodule {
  name: string
  path: BytePath
}

/**
 * Names that lead out of `.git/modules`, or whose git folders would lie in one another on some
 * system. See CVE-2018-11235, CVE-2019-1387.
 *
 * @throws PathError naming the path of the submodule
 */
export function assertSafeNames(submodules: NamedSubmodule[]): void {
  const taken = new Map<string, BytePath>()
  for (const { name, path } of submodules) {
    const why = whyUnsafe(name)
    if (why !== null) throw refusedSubmodule(path, why)
    const folder = folded(name).join('/')
    const other = taken.get(folder)
    if (other !== undefined) throw nested(path, other)
    taken.set(folder, path)
  }
  for (const { name, path } of submodules) {
    const parts = folded(name)
    for (let length = 1; length < parts.length; length++) {
      const around = taken.get(parts.slice(0, length).join('/'))
      if (around !== undefined) throw nested(path, around)
    }
  }
}

function whyUnsafe(name: string): string | null {
  if (hasControl(name)) return 'its name contains a control character'
  if (folded(name).length === 0) return `its name ${shown(name)} is not a valid folder name`
  if (/(?:^|[\\/])\.\.(?:$|[\\/])/.test(name)) return 'its name leaves .git/modules'
  const isLong = name.split('/').some((part) => Buffer.byteLength(part) > longestName)
  return isLong || Buffer.byteLength(name) > longestPath
    ? `its name ${shown(name)} is too long`
    : null
}

/** In bytes. Systems have at most 255, and paths of 1024 and more. */
const longestName = 255
const longestPath = 1000

const shown = (name: string) => JSON.stringify(oneLine(name, 40))

/** A `gitdir:` line ends at a carriage return, whoever wrote it: see CVE-2025-48384. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for these characters
export const hasControl = (text: string): boolean => /[\u0000-\u001f\u007f]/.test(text)

const nested = (path: BytePath, other: BytePath) =>
  refusedSubmodule(
    path,
    `on some systems its name puts its git folder inside that of ${showPath(other)}`,
  )

/** The folders of a name as HFS+ and NTFS compare them. */
function folded(name: string): string[] {
  const parts = name.split(/[\\/]/).filter((part) => part !== '' && part !== '.')
  return parts.map((part) => asHfsReads(part.normalize('NFC')).replace(/[. ]+$/, ''))
}
