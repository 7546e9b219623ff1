import { readdirSync, statSync, symlinkSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { identify } from '../../src/process/identity.js'
import { openWorkFolder } from '../../src/releases/work-folder.js'
import { temporaryFolder } from '../git/support/real-git.js'

const self = await identify(process.pid)

/** What a run leaves that is killed while it has a folder. */
async function leave(parent: string, name: string, owner: object): Promise<void> {
  await mkdir(join(parent, name))
  await writeFile(join(parent, name, 'SHA256SUMS'), 'sums')
  symlinkSync(`wizard:${JSON.stringify(owner)}`, join(parent, `${name}.owner`))
}

it('is for this user alone, and gone afterwards', async () => {
  const parent = temporaryFolder()
  const { dir, discard } = await openWorkFolder({ self }, parent)
  expect(statSync(dir).mode & 0o777).toBe(0o700)
  await writeFile(join(dir, 'SHA256SUMS'), 'sums')
  await discard()
  expect(readdirSync(parent)).toEqual([])
})

it('removes those of killed runs, and keeps those of others', async () => {
  const parent = temporaryFolder()
  await leave(parent, '.wizard-release-work-dead', { ...self, started: '1' })
  await leave(parent, '.wizard-release-work-alive', self)
  await leave(parent, '.wizard-release-work-elsewhere', { ...self, host: 'host-b' })
  await leave(parent, '.wizard-clone-work-dead', { ...self, started: '1' })
  const { discard } = await openWorkFolder({ self }, parent)
  await discard()
  const folders = readdirSync(parent).filter((name) => !name.endsWith('.owner'))
  expect(folders.sort()).toEqual([
    '.wizard-clone-work-dead',
    '.wizard-release-work-alive',
    '.wizard-release-work-elsewhere',
  ])
})
