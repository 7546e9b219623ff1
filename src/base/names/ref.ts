/** Matches what no ref name may contain. Bytes that are not UTF-8 decode to U+FFFD. */
const forbidden = /[\0-\x20\x7f~^:?*[\\\ufffd]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|^\/|^\.|\/$|\.$/

/**
 * Whether a full name (`refs/heads/main`) is valid, and so safe as a path below `.git`. Servers
 * send these names.
 *
 * @see https://git-scm.com/docs/git-check-ref-format
 */
export const isRefName = (name: string): boolean => /^refs\/./.test(name) && !forbidden.test(name)

/** Bytes. GitHub refuses longer names of branches and tags. */
const longest = 244

/**
 * Whether a text is a valid short name of a branch or tag (`main`, without `refs/heads/`), or a
 * full commit id. A leading dash is refused: git would read it as an option.
 */
export const isShortRefName = (name: string): boolean =>
  isRefName(`refs/heads/${name}`) &&
  !/^(?:-|refs\/|@$)/.test(name) &&
  Buffer.byteLength(name) <= longest

/** A full SHA-1 object id: 40 hexadecimal digits in lower case. */
export const oidPattern = /^[0-9a-f]{40}$/

export const isOid = (text: string | null | undefined): text is string =>
  text != null && oidPattern.test(text)
