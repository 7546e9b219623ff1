/** Who made a commit, as they had told git. */
export interface Author {
  name: string
  /** Never to be shown. */
  email: string
}

/** What people wrote in a commit. */
export interface CommitText {
  author: Author
  message: string
}

/**
 * Author and message of a commit object, in the encoding that it names (UTF-8 where it names none that is known).
 *
 * @see https://git-scm.com/docs/git-commit#_discussion
 */
export function parseCommitText(data: Buffer): CommitText {
  const end = data.indexOf('\n\n')
  const header = data.subarray(0, end < 0 ? data.length : end)
  const encoding = /^encoding (\S+)$/m.exec(header.toString('latin1'))?.[1]
  const decode = decoderFor(encoding)
  const author = /^author (.*?) ?<([^>\n]*)>/m.exec(decode(header))
  return {
    author: { name: author?.[1] ?? '', email: author?.[2] ?? '' },
    message: end < 0 ? '' : decode(data.subarray(end + 2)),
  }
}

function decoderFor(encoding: string | undefined): (bytes: Buffer) => string {
  if (encoding === undefined || /^utf-?8$/i.test(encoding)) return (bytes) => bytes.toString('utf8')
  try {
    const decoder = new TextDecoder(encoding)
    return (bytes) => decoder.decode(bytes)
  } catch {
    return (bytes) => bytes.toString('utf8')
  }
}
