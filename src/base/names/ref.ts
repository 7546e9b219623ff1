/** A character or a sequence that no ref name holds. U+FFFD is what bytes that are not UTF-8 decode to. */
const forbidden = /[\0-\x20\x7f~^:?*[\\\ufffd]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|^\/|^\.|\/$|\.$/

/**
 * Whether a full name (`refs/heads/main`) may stand for a ref, and so be a path below `.git`. Names come from servers.
 *
 * @see https://git-scm.com/docs/git-check-ref-format
 */
export const isRefName = (name: string): boolean => /^refs\/./.test(name) && !forbidden.test(name)

/** GitHub takes no longer names of branches and tags. Bytes. */
const longest = 244

/**
 * Whether a text can be what people call a branch or a tag by (`main`, without `refs/heads/`), or a full commit id.
 * What begins with a dash is refused: git takes it for an option.
 */
export const isShortRefName = (name: string): boolean =>
  isRefName(`refs/heads/${name}`) &&
  !/^(?:-|refs\/|@$)/.test(name) &&
  Buffer.byteLength(name) <= longest

/** A full object id of a SHA-1 repository: 40 hexadecimal digits in lower case. */
export const oidPattern = /^[0-9a-f]{40}$/

export const isOid = (text: string | null | undefined): text is string =>
  text != null && oidPattern.test(text)
