import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Puts a text in a file's place: at any moment, a power cut too, the file is as it was or whole. Its folder is made.
 * For one writer at a time: whoever holds a lock.
 *
 * @param mode of the file, default 0o666, of which the umask takes its part
 */
export async function writeWhole(path: string, text: string, mode = 0o666): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const part = partOf(path)
  await rm(part, { force: true })
  try {
    const file = await open(part, 'wx', mode)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

/** What a kill may leave beside a file; the next time it is written it goes. */
export const partOf = (path: string): string => `${path}.new`
