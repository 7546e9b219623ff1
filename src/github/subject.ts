/**
 * What an address of the API is about, in words: `run 5 of uDOS/core`. The path itself, where
 * wizard has no words for it.
 *
 * @param path decoded
 */
export function subjectOf(method: string, path: string): string {
  const [, repository, rest] = /\/repos\/([^/]+\/[^/]+)(?:\/(.+))?$/.exec(path) ?? []
  if (repository === undefined) return inWords(owners, path) ?? path
  if (rest === undefined) return repository
  // A listing is as visible as its repository.
  if (method === 'GET' && listings.test(rest)) return repository
  const part = inWords(parts, rest)
  return part === undefined ? `${repository} ${rest}` : `${part} of ${repository}`
}

type Words = [path: RegExp, words: string][]

const owners: Words = [
  [/^.*\/users\/([^/]+)(?:\/repos)?$/, 'the user or organization $1'],
  [/^.*\/orgs\/([^/]+)(?:\/repos|\/hooks)?$/, 'the organization $1'],
  [/^.*\/orgs\/([^/]+)\/hooks\/\d+\/deliveries\/(\d+)(?:\/.+)?$/, 'delivery $2 of $1'],
  [/^.*\/orgs\/([^/]+)\/hooks\/(\d+)(?:\/.+)?$/, 'hook $2 of $1'],
]

const listings = /^(?:tags|branches|commits|releases|hooks|actions\/(?:runs|workflows|artifacts))$/

const parts: Words = [
  [/^contents\/(.+)$/, 'file $1'],
  [/^actions\/runs\/(\d+)(?:\/.+)?$/, 'run $1'],
  [/^actions\/jobs\/(\d+)(?:\/.+)?$/, 'job $1'],
  [/^actions\/artifacts\/(\d+)(?:\/.+)?$/, 'artifact $1'],
  [/^actions\/workflows\/([^/]+)(?:\/.+)?$/, 'workflow $1'],
  [/^releases\/tags\/(.+)$/, 'release $1'],
  [/^releases\/assets\/(\d+)$/, 'asset $1'],
  [/^releases\/(\d+)(?:\/.+)?$/, 'release $1'],
  [/^git\/(?:refs?|matching-refs)\/heads\/(.+)$/, 'branch $1'],
  [/^git\/(?:refs?|matching-refs)\/tags\/(.+)$/, 'tag $1'],
  [/^branches\/(.+)$/, 'branch $1'],
  [/^commits\/([^/]+)$/, 'commit $1'],
  [/^hooks\/\d+\/deliveries\/(\d+)(?:\/.+)?$/, 'delivery $1'],
  [/^hooks\/(\d+)(?:\/.+)?$/, 'hook $1'],
]

function inWords(words: Words, path: string): string | undefined {
  const found = words.find(([pattern]) => pattern.test(path))
  return found && path.replace(...found)
}
