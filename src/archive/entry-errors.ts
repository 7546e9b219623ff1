import { PathError } from '../base/errors.js'
import { hasCode } from '../base/fs/read.js'
import { quoted } from './directory.js'

const pathTroubles = ['ENAMETOOLONG', 'EINVAL', 'EILSEQ', 'EEXIST', 'EISDIR', 'ENOTDIR']

/** What this file system does not take is told by the entry's name. */
export async function telling(label: string, path: string, work: () => Promise<void>) {
  try {
    await work()
  } catch (error) {
    if (!hasCode(error, ...pathTroubles)) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new PathError(`${label}: ${quoted(path)} can't be written here (${code})`, {
      cause: error,
    })
  }
}
