import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

const root = join(import.meta.dirname, '../../..')

export interface StoreChild {
  /** An ES module for node. */
  file: string
  remove(): void
}

/** @param hasPackages whether it finds the packages that a user may install */
export async function buildStoreChild(hasPackages = true): Promise<StoreChild> {
  const folder = mkdtempSync(join(tmpdir(), 'wizard-child-'))
  const file = join(folder, 'child.mjs')
  const bundle = await rolldown({
    input: join(root, 'test/webhooks/store/store-child.ts'),
    platform: 'node',
    external: ['pg', '@photostructure/sqlite'],
    logLevel: 'silent',
  })
  await bundle.write({ file, format: 'esm', codeSplitting: false })
  await bundle.close()
  if (hasPackages) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return { file, remove: () => rmSync(folder, { recursive: true }) }
}
