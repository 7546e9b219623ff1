import { closeSync, constants, openSync, readFileSync } from 'node:fs'
import { BlockedError } from '../errors.js'
import { type AttributeValue, attributesAt } from '../plumbing/attributes.js'
import { type BytePath, showPath } from '../plumbing/byte-path.js'
import {
  readWorktreeSettings,
  type UserEnvironment,
  type WorktreeSettings,
} from '../plumbing/config/worktree-settings.js'
import { readIndex } from '../plumbing/index/index-file.js'
import { hashObject } from '../plumbing/objects/object.js'
import { fileMode } from '../plumbing/objects/parse.js'
import type { Leaf } from '../plumbing/objects/safe-tree.js'
import { hasMode } from './file-state.js'
import { Folder } from './folder.js'

interface Place {
  folder: Folder
  settings: WorktreeSettings
  /** The one with `info/attributes`. */
  gitDir: string
}

/**
 * Whether a file differs from its blob only by CRLF for LF, where git converts line ends: git
 * calls it unchanged.
 *
 * @param leaf the blob that the file is compared with
 */
export function differsInLineEnds(place: Place, path: BytePath, leaf: Leaf): boolean {
  if (leaf.mode === fileMode.symlink || leaf.mode === fileMode.gitlink) return false
  const stats = place.folder.lstat(path)
  if (!stats?.isFile() || stats.size > largestText) return false
  if (!hasMode(place.settings, leaf.mode, stats)) return false
  const data = readFile(place.folder, path)
  if (!data.includes('\r\n')) return false
  const conversion = conversionAt(place, path)
  if (conversion === 'none') return false
  if (conversion === 'text-only' && looksBinary(data)) return false
  return hashObject('blob', withoutCr(data)) === leaf.oid
}

const largestText = 1 << 30

/** Of these paths, those whose index entry `differsInLineEnds` from the file. */
export function convertedAmong(
  request: { dir: string; gitDir: string; commonDir?: string; env?: UserEnvironment | undefined },
  paths: Iterable<BytePath>,
): BytePath[] {
  const { dir, gitDir, commonDir = gitDir, env } = request
  const settings = readWorktreeSettings(commonDir, env)
  const place = { folder: new Folder(dir), settings, gitDir: commonDir }
  const entries = new Map(readIndex(gitDir).entries.map((entry) => [entry.path, entry]))
  return [...paths].filter((path) => {
    const entry = entries.get(path)
    return entry?.stage === 0 && !entry.intentToAdd && differsInLineEnds(place, path, entry)
  })
}

const mostShown = 10

/** What is said of these paths, in place of local changes that nobody made. */
export function lineEndsConverted({ autocrlf }: WorktreeSettings, paths: BytePath[]): BlockedError {
  const shown = paths.slice(0, mostShown).map(showPath)
  const more = paths.length > mostShown ? ` and ${paths.length - mostShown} more` : ''
  const setting = autocrlf === 'false' ? 'gitattributes' : `core.autocrlf=${autocrlf}`
  return new BlockedError(
    'unsupported',
    `git converts line ends here (${setting}), and wizard does not: ${shown.join(', ')}${more}`,
    {
      paths: shown,
      hint: 'pull it with git itself, or clone it anew without core.autocrlf',
    },
  )
}

/**
 * Whether git stores a file without its CRs: always, or unless it looks binary.
 *
 * @see https://git-scm.com/docs/gitattributes#_text
 */
function conversionAt(place: Place, path: BytePath): 'always' | 'text-only' | 'none' {
  const { settings } = place
  const attributes = attributesAt(place, path)
  const text = textOf(attributes.get('text')) ?? textOf(attributes.get('crlf'))
  if (text === 'auto') return 'text-only'
  if (text !== undefined) return text ? 'always' : 'none'
  const eol = attributes.get('eol')
  if (eol === 'lf' || eol === 'crlf') return 'always'
  return settings.autocrlf === 'false' ? 'none' : 'text-only'
}

/** undefined: the attribute decides nothing. */
function textOf(value: AttributeValue): boolean | 'auto' | undefined {
  if (typeof value === 'boolean' || value === 'auto') return value
  return value === 'input' ? true : undefined
}

/** As git judges the content of a file: a NUL, a CR without LF, or much that nobody can read. */
function looksBinary(data: Buffer): boolean {
  let [printable, odd] = [0, 0]
  for (let at = 0; at < data.length; at++) {
    const byte = data[at] ?? 0
    if (byte === 0 || (byte === cr && data[at + 1] !== lf)) return true
    if (byte === cr || byte === lf) continue
    if ((byte >= 0x20 && byte !== 0x7f) || readable.has(byte)) printable++
    // DOS ends a text with it.
    else if (byte !== 0x1a || at < data.length - 1) odd++
  }
  return printable >> 7 < odd
}

const [lf, cr] = [0x0a, 0x0d]
/** Backspace, tab, form feed, escape. */
const readable = new Set([0x08, 0x09, 0x0c, 0x1b])

function readFile(folder: Folder, path: BytePath): Buffer {
  const file = openSync(folder.at(path), constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    return readFileSync(file)
  } finally {
    closeSync(file)
  }
}

/** latin1 keeps every byte. */
const withoutCr = (data: Buffer) =>
  Buffer.from(data.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
