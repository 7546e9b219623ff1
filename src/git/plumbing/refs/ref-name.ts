/** A character or a sequence that no ref name holds. */
const forbidden = /[\0-\x20\x7f~^:?*[\\\ufffd]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|^\/|^\.|\/$|\.$/

/**
 * Whether a full name (`refs/heads/main`) may stand for a ref, and so be a path below `.git`. Names come from servers.
 * One that is not UTF-8, which decodes to U+FFFD, counts as none.
 *
 * @see https://git-scm.com/docs/git-check-ref-format
 */
export const isRefName = (name: string) => /^refs\/./.test(name) && !forbidden.test(name)
