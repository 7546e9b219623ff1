import { closeSync, constants, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readTextIfThere } from '../../base/fs/read.js'
import { BlockedError } from '../errors.js'
import { type BytePath, parentsOf, showPath } from '../plumbing/byte-path.js'
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
 * Whether a file differs from its blob only by CRLF for LF, where git converts line ends: git may
 * call it unchanged. Patterns of attributes are not matched, so this may also be a real change.
 *
 * @param leaf the blob that the file is compared with
 */
export function differsInLineEnds(place: Place, path: BytePath, leaf: Leaf): boolean {
  if (leaf.mode === fileMode.symlink || leaf.mode === fileMode.gitlink) return false
  const stats = place.folder.lstat(path)
  if (!stats?.isFile() || stats.size > largestText) return false
  if (!hasMode(place.settings, leaf.mode, stats) || !convertsAt(place, path)) return false
  return hashObject('blob', withoutCr(readFile(place.folder, path))) === leaf.oid
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

/** Whether git converts the line ends of some files here, by its settings or attributes. */
function convertsAt({ folder, settings, gitDir }: Place, path: BytePath): boolean {
  if (settings.autocrlf !== 'false') return true
  const files = [
    join(gitDir, 'info', 'attributes'),
    ...(settings.attributesFile === null ? [] : [settings.attributesFile]),
    ...['', ...parentsOf(path)].map((parent) =>
      folder.at(parent === '' ? '.gitattributes' : `${parent}/.gitattributes`),
    ),
  ]
  return files.some((file) => isText.test(readTextIfThere(file) ?? ''))
}

/** @see https://git-scm.com/docs/gitattributes#_text */
const isText = /^(?!\s*#).*\s(?:text(?:=auto)?|eol=(?:lf|crlf)|crlf(?:=input)?)(?=\s|$)/m

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
