import { expect, it } from 'vitest'
import { playDemo } from './support/demo.js'

it('the demo shows what it promises with the installed package', { tags: ['deep'] }, async () => {
  const shown = await playDemo(process.execPath)
  expect(shown).toContain('All is as it should be.')
  expect(shown).not.toContain('✘')
})
