import { constants } from 'node:fs'
import { join } from 'node:path'
import { BlockedError } from '../../errors.js'
import { type BytePath, joinBytes, showPath } from '../byte-path.js'
import type { WorktreeSettings } from '../config/worktree-settings.js'
import { readRuleFile } from '../ignore/ignorer.js'
import type { Oid } from '../objects/object.js'
import type { ObjectStore } from '../objects/store.js'
import type { AttributeSource } from './attributes.js'

export interface AttributesPlace {
  /** The one with `info/attributes`. */
  gitDir: string
  settings: Pick<WorktreeSettings, 'attributesFiles' | 'ignoreCase'>
}

/** The `.gitattributes` of a folder, whose text has one character per byte; null: there is none. */
export type FolderReader = AttributeSource['inFolder']

/** The attributes of a repository; those of its folders come from the readers, the first that has some. */
export function attributeSource(
  { gitDir, settings }: AttributesPlace,
  readers: FolderReader[],
): AttributeSource {
  const read = (file: string) => readAttributes(file, constants.O_RDONLY)
  return {
    own: read(join(gitDir, 'info', 'attributes')),
    defaults: settings.attributesFiles.map(read),
    ignoreCase: settings.ignoreCase,
    async inFolder(folder) {
      for (const reader of readers) {
        const text = await reader(folder)
        if (text !== null) return text
      }
      return null
    },
  }
}

/** Of a file of attributes, in bytes. git reads up to 100 MB, and then takes as long. */
const largestFile = 4 * 1024 ** 2

function assertSize(path: string, length: number): void {
  if (length <= largestFile) return
  throw new BlockedError('unsupported', `${path} has more than 4 MB of attributes`, {
    hint: 'pull it with git itself',
  })
}

/** The files in a work tree. git follows no symlink there. */
export const inWorktree =
  (folder: { at(path: BytePath): string | Buffer }): FolderReader =>
  (path) =>
    readAttributes(
      folder.at(joinBytes(path, '.gitattributes')),
      constants.O_RDONLY | constants.O_NOFOLLOW,
    )

function readAttributes(path: string | Buffer, flags: number): string | null {
  const text = readRuleFile(path, flags)
  assertSize(path.toString(), text?.length ?? 0)
  // git reads lines up to a NUL here, and skips a byte order mark.
  return text === null ? null : text.replace(/^\xef\xbb\xbf/, '').replaceAll(/\0[^\n]*/g, '')
}

/** Those in a tree or an index. @param find the blob at a path, a symlink is none */
export const inStore =
  (store: ObjectStore, find: (path: BytePath) => Oid | null): FolderReader =>
  async (folder) => {
    const oid = find(joinBytes(folder, '.gitattributes'))
    if (oid === null) return null
    const { data } = await store.read(oid)
    assertSize(showPath(joinBytes(folder, '.gitattributes')), data.length)
    // git reads up to a NUL here, and takes a byte order mark for a part of the first pattern.
    return data.toString('latin1').replace(/\0.*$/s, '')
  }
