import type { BytePath } from '../byte-path.js'
import { fileMode } from '../objects/parse.js'

/** Most names: nothing in them that any file system takes for something else. */
const plain = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/

/** Code points that HFS+ leaves out when it compares names, as the bytes of their UTF-8. */
const hfsIgnorable = /\xe2\x80[\x8c-\x8f\xaa-\xae]|\xe2\x81[\xaa-\xaf]|\xef\xbb\xbf/g

/** NTFS drops dots and spaces at the end, and takes `name:stream` for the same file. */
const ntfsEnd = '[. ]*(?:$|:)'
const ntfsGit = new RegExp(`^(?:\\.git|git~1)${ntfsEnd}`, 'i')

/** The short names (8.3) that Windows may give `.gitmodules`: gitmod~1 to ~4, then hashed ones. */
const ntfsGitmodules = new RegExp(
  `^(?:\\.gitmodules|gitmod~[1-4]|${hashedShortNames('gi7eba')})${ntfsEnd}`,
  'i',
)

function hashedShortNames(prefix: string): string {
  const names = [6, 5, 4, 3, 2, 1, 0].map(
    (kept) => `${prefix.slice(0, kept)}~[1-9][0-9]{${6 - kept}}`,
  )
  return names.join('|')
}

/**
 * Why git would refuse to check out an entry of this name, on any system: a repository that is harmless here
 * must not become a trap where it is copied to.
 *
 * @see https://git-scm.com/docs/git-config (core.protectHFS, core.protectNTFS), CVE-2014-9390, CVE-2019-1352
 * @returns null where it is safe
 */
export function unsafeName(name: BytePath, mode: number): string | null {
  if (plain.test(name)) return null
  if (name === '') return 'its name is empty'
  if (name === '.' || name === '..') return 'it leaves its folder'
  if (name.includes('/')) return 'its name holds a slash'
  const onHfs = name.replace(hfsIgnorable, '').toLowerCase()
  // Windows takes a backslash for a slash.
  const parts = name.split('\\')
  if (onHfs === '.git' || parts.some((part) => ntfsGit.test(part))) {
    return 'some file system takes it for .git'
  }
  if (mode !== fileMode.symlink) return null
  if (onHfs === '.gitmodules' || parts.some((part) => ntfsGitmodules.test(part))) {
    return 'it is a symlink that some file system takes for .gitmodules'
  }
  return null
}
