/** Whether some file system takes this name for `.git`. See CVE-2014-9390, CVE-2019-1352. */
export const isTakenForGit = (name: string): boolean =>
  asHfsReads(name) === '.git' || isNtfsNameOf('\\.git|git~1', name)

/** Code points that HFS+ ignores when it compares names. */
const hfsIgnorable = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g

/** A name as HFS+ compares it. https://git-scm.com/docs/git-config (core.protectHFS) */
export const asHfsReads = (name: string): string => name.replace(hfsIgnorable, '').toLowerCase()

/**
 * Whether NTFS takes a name, or a part of it, for one of those that the pattern matches: it ignores
 * case, drops dots and spaces at the end, reads `name:stream` as the same file and a backslash as a
 * slash. https://git-scm.com/docs/git-config (core.protectNTFS)
 */
export function isNtfsNameOf(pattern: string, name: string): boolean {
  const whole = new RegExp(`^(?:${pattern})[. ]*(?:$|:)`, 'i')
  return name.split('\\').some((part) => whole.test(part))
}
