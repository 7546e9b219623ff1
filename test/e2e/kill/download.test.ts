import { readdir } from 'node:fs/promises'
import { expect, it, onTestFinished } from 'vitest'
import { endedRun, openActions, said } from '../../support/actions.js'
import { ended } from '../../support/wizard.js'

it('the next WORKFLOW DOWNLOAD removes what a killed one left behind', {
  tags: ['deep'],
}, async () => {
  const space = await openActions()
  onTestFinished(() => space.close())
  const run = await endedRun(space)
  space.github.actions.addArtifact(run, 'one', [{ name: 'a.txt', content: 'one' }])
  const silence = space.github.fail({ origin: 'storage', delay: 'forever' })
  const args = ['WORKFLOW', 'DOWNLOAD', `core/${run.id}`, '--dir', 'out']
  const child = space.start([...args, '--verbose'])
  const done = ended(child)
  await said(child, /artifacts\/\d+\/zip 302/)
  child.kill('SIGKILL')
  await done
  expect(await readdir(space.path('out'))).not.toEqual([])
  silence.remove()
  expect((await space.wizard(...args)).status).toBe(0)
  expect(await readdir(space.path('out'))).toEqual(['one'])
})
