/** Replaces secrets by `***` in a text that is about to be written. */
export interface Redactor {
  (text: string): string
  /**
   * Adds a secret: a token that was read, renewed or supplied by `gh`.
   *
   * @param source what renews the secret. Only the latest secrets of a source are kept, so that a
   *   process that runs for months, whose App gets a token an hour, does not search each line for
   *   thousands. A secret without a source is kept until the process ends.
   */
  add(secret: string, source?: object): void
}

export const mask = '***'

/** Shorter secrets would hide ordinary words; no credential is that short. */
const shortestSecret = 6

/** Per source: more than running requests use at a time. */
const keptOfSource = 8

/**
 * Patterns hide what looks like a credential but was never added. Order matters: addresses first.
 */
const tokenShapes: [RegExp, string][] = [
  [/\b([a-z][a-z0-9+.-]{1,31}:\/\/)(?!git@)[^\s/?#@'"<>]+@/gi, `$1${mask}@`],
  [/\b(?:gh[opusr]_[A-Za-z0-9_.-]{16,}|github_pat_[A-Za-z0-9_]{16,})/g, mask],
  [/\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?(?:[a-z-]+ )?)[^\s"',;]+/gi, `$1${mask}`],
  [/\b(bearer|basic) [A-Za-z0-9+/_.=~-]{8,}/gi, `$1 ${mask}`],
  [/-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|$)/g, mask],
]

/**
 * Hides the added secrets in the forms they travel in (verbatim, percent-encoded, in JSON, and as
 * git's Basic credential), and everything that looks like a GitHub token, an `Authorization` value,
 * a private key or the user part of an address.
 */
export function createRedactor(secrets: Iterable<string> = []): Redactor {
  const permanent = {}
  /** Per source, the most recently used secret last. */
  const known = new Map<object, string[]>()
  let pattern: RegExp | undefined

  const add = (secret: string, source: object = permanent) => {
    const held = known.get(source) ?? []
    if (held.at(-1) === secret) return
    const others = held.filter((one) => one !== secret)
    const kept = source === permanent ? others : others.slice(1 - keptOfSource)
    known.set(source, [...kept, secret])
    if (!held.includes(secret)) pattern = patternOf([...known.values()].flat())
  }
  for (const secret of secrets) add(secret)

  const redact = (text: string) => maskCredentials(pattern ? text.replace(pattern, mask) : text)
  return Object.assign(redact, { add })
}

/** Hides what looks like a credential, and knows no secret; see `createRedactor`. */
export const maskCredentials = (text: string): string =>
  tokenShapes.reduce((rest, [shape, masked]) => rest.replace(shape, masked), text)

function patternOf(secrets: string[]): RegExp | undefined {
  const forms = new Set(secrets.flatMap((secret) => formsOf(secret.trim())))
  // Longest first, so that a secret that contains another one is hidden whole.
  const longestFirst = [...forms].sort((a, b) => b.length - a.length).map(escapeRegExp)
  return longestFirst.length > 0 ? new RegExp(longestFirst.join('|'), 'g') : undefined
}

function formsOf(secret: string): string[] {
  if (secret.length < shortestSecret) return []
  const basic = Buffer.from(`x-access-token:${secret}`)
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    basic.toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    ...withinBase64(secret),
  ]
}

/** Shorter parts of base64 could be those of other texts. */
const shortestShifted = 20

/** The secret behind something else in base64, such as a user's name, which shifts its bits. */
function withinBase64(secret: string): string[] {
  if (secret.length < shortestShifted) return []
  return [1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)])
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 3))
    return whole.toString('base64').slice(before + 1)
  })
}

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')

/** Whether the name of a key or variable suggests a secret. */
export const looksSecret = (name: string): boolean =>
  /token|secret|passw|passphrase|credential|private|api_?key/i.test(name)
