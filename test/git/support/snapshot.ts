import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'

/**
 * Every file, link and folder below a folder, with its mode and a hash of its bytes; paths are in
 * latin1.
 */
export function snapshot(dir: string, { withGit = true } = {}): Map<string, string> {
  const found = new Map<string, string>()
  look(Buffer.from(dir), '', found, withGit)
  return found
}

function look(at: Buffer, path: string, found: Map<string, string>, withGit: boolean): void {
  for (const entry of readdirSync(at, { withFileTypes: true, encoding: 'latin1' })) {
    const name = path === '' ? entry.name : `${path}/${entry.name}`
    if (name === '.git' && !withGit) continue
    const place = Buffer.concat([at, Buffer.from(`/${entry.name}`, 'latin1')])
    const mode = (lstatSync(place).mode & 0o170111).toString(8)
    found.set(name, `${mode} ${contentOf(place, entry)}`)
    if (entry.isDirectory()) look(place, name, found, withGit)
  }
}

function contentOf(place: Buffer, entry: { isFile(): boolean; isSymbolicLink(): boolean }): string {
  if (entry.isSymbolicLink()) return readlinkSync(place, 'latin1')
  if (!entry.isFile()) return ''
  return createHash('sha1').update(readFileSync(place)).digest('hex')
}
