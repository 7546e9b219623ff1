import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '../../../base/errors.js'
import type { Liveness } from '../../../process/owner-mark.js'
import { lockFile } from '../lock-file.js'
import { parseConfig, sectionOf } from './config-file.js'

/** One section with its values, by key. */
export interface ConfigSection {
  /** In lower case. */
  name: string
  /** Case counts. */
  subsection?: string | undefined
  values: Record<string, string>
}

/** A section as git writes it. @see https://git-scm.com/docs/git-config#_syntax */
export const formatSection = (section: ConfigSection): string =>
  [headingOf(section), ...Object.entries(section.values).map(formatValue)].join('')

function headingOf({ name, subsection }: ConfigSection): string {
  return subsection === undefined ? `[${name}]\n` : `[${name} ${quoted(subsection)}]\n`
}

const formatValue = ([key, value]: [string, string]) => `\t${key} = ${inQuotesIfNeeded(value)}\n`

const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`

/**
 * Outside quotes `#` and `;` begin a comment. A carriage return at the end would be lost
 * (CVE-2025-48384).
 */
const inQuotesIfNeeded = (value: string) => (/[#;"\\]|^\s|\s$/.test(value) ? quoted(value) : value)

/**
 * Sets values in a repository's own configuration. Every other line stays as it is.
 *
 * @throws ConfigError if the file can't be read, or has these values in a form that can't be edited
 * @throws ConflictError if another process holds the file's lock
 */
export async function editConfig(
  gitDir: string,
  sections: ConfigSection[],
  liveness?: Liveness,
): Promise<void> {
  const path = join(gitDir, 'config')
  const lock = await lockFile(path, liveness)
  try {
    const before = readFileSync(path, 'utf8')
    const after = withSections(before, sections)
    if (after === before) return
    assertHas(path, after, sections)
    await lock.commit(after)
  } finally {
    await lock.release()
  }
}

function withSections(text: string, sections: ConfigSection[]): string {
  const parts = partsOf(text === '' || text.endsWith('\n') ? text : `${text}\n`)
  for (const section of sections) {
    const { name, subsection, values } = section
    const key = subsection === undefined ? name : `${name}.${subsection}`
    const lines = parts.get(key)
    if (lines === undefined) parts.set(key, [formatSection(section)])
    else setValues(lines, values)
  }
  return [...parts.values()].flat().join('')
}

/** The lines of each section, and those before the first. A section that is there twice is one. */
function partsOf(text: string): Map<string, string[]> {
  const parts = new Map<string, string[]>()
  let lines: string[] = []
  parts.set('', lines)
  for (const line of text.split(/(?<=\n)/)) {
    const section = sectionOf(line.trim())
    if (section !== null) {
      lines = parts.get(section) ?? []
      parts.set(section, lines)
    }
    lines.push(line)
  }
  return parts
}

function setValues(lines: string[], values: Record<string, string>): void {
  for (const [key, value] of Object.entries(values)) {
    const line = formatValue([key, value])
    const at = lines.findLastIndex((one) => keyOf(one) === key.toLowerCase())
    if (at <= 0) lines.push(line)
    else if (/\\\r?\n$/.test(lines[at] ?? '')) throw onSeveralLines(key)
    else lines[at] = line
  }
}

const onSeveralLines = (key: string) =>
  new ConfigError(`git's configuration can't be changed: ${key} is on several lines`, {
    hint: 'put it on one line, or change it with `git config`',
  })

const keyOf = (line: string) => /^\s*([A-Za-z][A-Za-z0-9-]*)/.exec(line)?.[1]?.toLowerCase()

/** Several values on one line, or a section that is there twice, may hide the new one. */
function assertHas(path: string, text: string, sections: ConfigSection[]): void {
  const config = parseConfig(path, text)
  for (const { name, subsection, values } of sections) {
    const prefix = subsection === undefined ? name : `${name}.${subsection}`
    for (const [key, value] of Object.entries(values)) {
      if (config.get(`${prefix}.${key.toLowerCase()}`) === value) continue
      throw new ConfigError(`${path}: ${prefix}.${key} can't be set`, {
        hint: `git config ${prefix}.${key} '${value}' sets it`,
      })
    }
  }
}
