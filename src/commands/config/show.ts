import { relative } from 'node:path'
import { reportError } from '../../base/error-report.js'
import { didYouMean, oneLine } from '../../base/text.js'
import type { Effective, EffectiveValue } from '../../config/settings/effective.js'
import type { Source } from '../../config/yaml/place.js'
import { askFor } from '../suggest.js'
import { defineVerb } from '../verb.js'

export const show = defineVerb({
  name: 'show',
  summary: 'show every value and where it comes from; secrets are masked',
  examples: [
    { command: 'wizard CONFIG SHOW', does: 'as a command run here sees it' },
    { command: 'wizard CONFIG SHOW github', does: 'one part of it' },
    {
      command: 'wizard CONFIG SHOW --json | jq -r \'.[] | select(.key == "root").value\'',
      does: 'for scripts',
    },
  ],
  args: [
    { name: 'key', summary: 'a key, or the start of several, such as repos.tools', optional: true },
  ],
  flags: {},
  async run(invocation, [key]): Promise<Effective> {
    const { effectiveValues } = await import('../../config/settings/effective.js')
    const found = await effectiveValues(invocation.configRequest)
    await invocation.warnOfOthers(found)
    for (const { message } of found.problems.slice(1))
      invocation.terminal.note(`warning: ${message}`)
    const values = found.values.filter((one) => key === undefined || isBelow(one.key, key))
    if (key !== undefined && values.length === 0 && found.problems.length === 0) {
      const { NotFoundError } = await import('../../base/errors.js')
      const keys = found.values.map((one) => one.key)
      throw new NotFoundError(`the configuration has no key ${oneLine(key, 60)}`, {
        hint: hintFor(key, keys) ?? 'wizard CONFIG SHOW lists all keys',
      })
    }
    return { ...found, values }
  },
  json: ({ values }) =>
    values.map(({ key, value, source }) => ({
      key,
      value,
      source: placeOf(source) ?? null,
      from: source.from,
    })),
  isLong: true,
  render: ({ values }, { terminal, cwd }) => ({
    kind: 'table',
    columns: [
      { title: 'KEY', cut: 'middle' },
      { title: 'VALUE', cut: 'wrap' },
      { title: 'FROM', cut: 'middle', tone: () => 'faint' },
    ],
    rows: values.map(({ key, value, source }) => [
      key,
      textOf(value),
      placeOf(source, terminal.out.isTerminal ? cwd : null) ?? 'default',
    ]),
  }),
  partialFailure({ problems: [first, ...others] }) {
    if (first === undefined) return null
    if (others.length === 0) return reportError(first)
    const { code, message } = first
    return { code, message, hint: 'wizard CONFIG VALIDATE lists all mistakes' }
  },
})

/** The same name elsewhere (`timeout` for `github.timeout`), or the nearest key or beginning. */
function hintFor(wanted: string, keys: string[]): string | undefined {
  const same = keys.filter((key) => key.endsWith(`.${wanted}`)).slice(0, 3)
  if (same.length > 0) return askFor(same)
  const beginnings = keys.flatMap((key) =>
    [...key.matchAll(/[.[]|$/g)].map(({ index }) => key.slice(0, index)),
  )
  return didYouMean(wanted, [...new Set(beginnings)])
}

const isBelow = (key: string, wanted: string) =>
  key === wanted || key.startsWith(`${wanted}.`) || key.startsWith(`${wanted}[`)

const textOf = (value: EffectiveValue['value']): string =>
  typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value)

/** @param from files are relative to this folder; null: absolute */
function placeOf(source: Source, from: string | null = null): string | undefined {
  const shown = (file: string) => (from === null ? file : relative(from, file))
  switch (source.from) {
    case 'file': {
      const { file, line, column } = source.position
      return `${shown(file)}:${line}:${column}`
    }
    case 'env-file':
      return `${source.name} in ${shown(source.file)}`
    case 'default':
      return undefined
    default:
      return source.name
  }
}
