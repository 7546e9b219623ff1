import { didYouMean } from '../../base/text.js'

/*
 * The placeholders of webhooks.yaml: `{branch}`, `{payload.commits.0.id}`. A placeholder is a whole
 * text, so that no payload can add to what the user wrote.
 */

/** What `{…}` may name besides a value of the payload. */
const placeholderNames = [
  'event',
  'action',
  'repo',
  'ref',
  'branch',
  'tag',
  'sha',
  'sender',
  'delivery',
] as const

/** A fact of a delivery, or the dotted path of a value in its payload. */
export type Placeholder = { fact: (typeof placeholderNames)[number] } | { path: string }

/** @returns null if the text is something else, which stays as it is */
export function parsePlaceholder(text: string): Placeholder | null {
  const [, inner] = /^\{([^{}]+)\}$/.exec(text) ?? []
  if (inner === undefined) return null
  const [, path] = /^payload\.(.+)$/s.exec(inner) ?? []
  if (path !== undefined) return { path }
  const fact = placeholderNames.find((name) => name === inner)
  return fact === undefined ? null : { fact }
}

/**
 * What is wrong with a text that may be a placeholder; null: nothing. `${sha}` is a shell's, and
 * `{print}` within a longer text another program's.
 */
export function placeholderFault(text: string): { message: string; hint?: string } | null {
  if (parsePlaceholder(text) !== null) return null
  const [, unknown] = /^\{(\w+|payload\.)\}$/.exec(text) ?? []
  if (unknown !== undefined) {
    const near = didYouMean(unknown, placeholderNames)
    return { message: `unknown placeholder ${text}${near ? `; ${near}` : ''}` }
  }
  const [part] = text.match(/(?<!\$)\{[^{}]+\}/g)?.filter((one) => parsePlaceholder(one)) ?? []
  if (part === undefined) return null
  return {
    message: `${part} must be the whole argument`,
    hint: 'a program can combine them: WIZARD_REPO and others are in its environment',
  }
}
