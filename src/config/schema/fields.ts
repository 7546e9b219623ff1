import { z } from 'zod/mini'
import { isPrivate, parseUrl } from '../../base/names/host.js'
import { isShortRefName } from '../../base/names/ref.js'
import { fullNamePattern, ownerPattern, repoPattern } from '../../base/names/repository.js'

/* The types of values that several files share. A schema's `error` says what was expected. */

/** Text of a pattern. Other types, and a missing value, get the same message. */
const shaped = (pattern: RegExp, expected: string) =>
  z.string(expected).check(z.regex(pattern, expected))

export const text = () => z.string().check(z.minLength(1, 'expected text'))

/** A local path: only a shell replaces `~`. */
export const localPath = () =>
  text().check(z.regex(/^(?!~)/, 'expected a path without ~, because no shell expands it here'))

export const flag = () => z.boolean()

export const count = (least: number, most: number) => z.int().check(z.gte(least), z.lte(most))

export const ownerName = () =>
  shaped(ownerPattern, 'expected an organization or user: letters, digits and hyphens')

/** `owner/repo`, or just the name. */
export const repository = (expected = 'expected a repository: NAME or OWNER/NAME') =>
  shaped(new RegExp(`${repoPattern.source}|${fullNamePattern.source}`, 'i'), expected)

export const refName = () =>
  z.string().check(
    z.refine(isShortRefName, {
      error: 'expected a branch, a tag or a full commit id, without refs/heads/',
    }),
  )

/** A path in a repository, from its top or from a component's folder. */
export const pathInside = () =>
  z
    .string()
    .check(
      z.minLength(1),
      z.refine(staysInside, { error: 'expected a relative path with "/", without ".." in it' }),
    )

function staysInside(path: string): boolean {
  return (
    !path.startsWith('/') &&
    !path.includes('\\') &&
    !/^[A-Za-z]:/.test(path) &&
    !path.split('/').includes('..')
  )
}

/** The name of an environment variable. */
export const variableName = () => shaped(/^[A-Za-z_]\w*$/, 'expected the name of a variable')

/** A text that must contain a placeholder, such as `v{version}`; unknown ones are refused. */
export function template(needed: string, allowed: readonly string[] = [needed]) {
  const known = allowed.map((name) => `{${name}}`).join(', ')
  return text().check(
    z.refine((value) => value.includes(`{${needed}}`), { error: `expected {${needed}} in it` }),
    z.refine((value) => unknownPlaceholder(value, allowed) === undefined, {
      error: `expected only the placeholders ${known}`,
    }),
  )
}

/** The first `{name}` that is not a known one. */
export function unknownPlaceholder(value: string, known: readonly string[]): string | undefined {
  return [...value.matchAll(/\{([^{}]*)\}/g)]
    .map(([, name = '']) => name)
    .find((name) => !known.includes(name))
}

/** An https address without credentials, or http on loopback, where nobody can listen in. */
export const address = () =>
  z.string().check(
    z.refine(isAddress, {
      error:
        'expected an https:// address without credentials and query (http:// only on this machine)',
    }),
  )

function isAddress(text: string): boolean {
  const url = parseUrl(text)
  if (url === undefined || !hasHost(text)) return false
  if (url.username || url.password || url.search || url.hash) return false
  return isPrivate(url)
}

export const proxyAddress = () =>
  z
    .string()
    .check(z.refine(isProxy, { error: 'expected the address of a proxy, http://HOST:PORT' }))

function isProxy(text: string): boolean {
  const url = parseUrl(text)
  if (url === undefined || !hasHost(text)) return false
  return (
    ['http:', 'https:'].includes(url.protocol) && url.pathname === '/' && !url.search && !url.hash
  )
}

/**
 * The URL parser accepts `https:example.com` and `https:\\example.com`, which people read
 * differently.
 */
const hasHost = (text: string) => /^https?:\/\/[^/\\]/i.test(text) && !/[\s\\]/.test(text)
