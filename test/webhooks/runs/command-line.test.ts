import { describe, expect, it } from 'vitest'
import { factsOf } from '../../../src/webhooks/routing/facts.js'
import { commandOf } from '../../../src/webhooks/runs/command-line.js'
import type { HandlerInput } from '../../../src/webhooks/runs/placeholders.js'
import { webhooksConfig } from '../support/configuration.js'

const payload = {
  ref: 'refs/heads/main',
  after: 'a'.repeat(40),
  repository: { id: 1, full_name: 'uDOS/core' },
  sender: { login: 'eve' },
  commits: [{ id: 'c1' }],
}

const input = (more: object = {}, event = 'push'): HandlerInput => {
  const all = { ...payload, ...more }
  return { delivery: '72d3162e', facts: factsOf(event, all), payload: all }
}

async function command(step: object, given = input()) {
  const { handlers } = await webhooksConfig({ push: [step] })
  const [handler] = handlers
  if (handler === undefined) throw new Error('no handler')
  return commandOf(handler, given)
}

const exec = (...cmd: string[]) => ({ action: 'exec', payload: { cmd } })

describe('a program', () => {
  it('gets each placeholder as one whole argument', async () => {
    const names = ['event', 'action', 'repo', 'ref', 'branch', 'tag', 'sha', 'sender', 'delivery']
    const found = await command(exec('run', ...names.map((name) => `{${name}}`)))
    expect(found).toMatchObject({
      cmd: [
        'run',
        'push',
        '',
        'uDOS/core',
        payload.ref,
        'main',
        '',
        payload.after,
        'eve',
        '72d3162e',
      ],
    })
  })

  it('gets values of the payload', async () => {
    const found = await command(
      exec(
        'run',
        '{payload.commits.0.id}',
        '{payload.commits}',
        '{payload.none}',
        '{payload.repository.id}',
      ),
    )
    expect(found).toMatchObject({ cmd: ['run', 'c1', '[{"id":"c1"}]', '', '1'] })
  })

  it.each(['x;touch /tmp/p', '$(id)', '`id`', 'a b', 'a\nb', "'", 'x'.repeat(4096)])(
    'gets %j as it is, in one argument',
    async (branch) => {
      const given = input({ ref: `refs/heads/${branch}` })
      expect(await command(exec('run', '{branch}'), given)).toMatchObject({ cmd: ['run', branch] })
    },
  )

  it.each([
    ['-rf', /begins with -/],
    ['--upload-pack=x', /begins with -/],
    ['a\0b', /contains a NUL/],
  ])('does not get %j', async (branch, why) => {
    const given = input({ ref: `refs/heads/${branch}` })
    await expect(command(exec('run', '{branch}'), given)).rejects.toThrow(why)
  })

  it('keeps braces that are no placeholder', async () => {
    expect(await command(exec('awk', '{ print $1 }', '{}', 'a{b,c}'))).toMatchObject({
      cmd: ['awk', '{ print $1 }', '{}', 'a{b,c}'],
    })
  })
})

describe('a command of wizard', () => {
  it.each<[object, string[]]>([
    [{ action: 'sync_repo' }, ['REPO', 'SYNC', 'uDOS/core', '--lock-wait=600', '--timeout=600']],
    [
      { action: 'sync_repo', payload: { target: 'tools' }, timeout: 60 },
      ['REPO', 'SYNC', 'tools', '--lock-wait=60', '--timeout=60'],
    ],
    [{ action: 'run_tests' }, ['TEST', 'RUN', 'uDOS/core', '--ref=main', '--timeout=1800']],
    [
      { action: 'run_tests', payload: { component: 'core', ref: 'v1' } },
      ['TEST', 'RUN', 'core', '--ref=v1', '--timeout=1800'],
    ],
    [
      {
        action: 'run_workflow',
        payload: {
          target: 'core/deploy',
          ref: '{branch}',
          inputs: { sha: '{sha}', n: 1 },
          wait: true,
        },
      },
      [
        'WORKFLOW',
        'RUN',
        'core/deploy',
        `sha=${payload.after}`,
        'n=1',
        '--ref=main',
        '--wait',
        '--timeout=600',
      ],
    ],
    [
      { action: 'publish_release', payload: { target: 'core' } },
      ['RELEASE', 'PUBLISH', 'core', '--yes', '--timeout=600'],
    ],
  ])('%j', async (step, argv) => {
    expect(await command(step)).toMatchObject({ argv })
  })

  it('downloads the release of the delivery', async () => {
    const step = { action: 'sync_release', payload: { dir: 'downloads' } }
    const found = await command(step, input({ release: { tag_name: 'v1.2' } }, 'release'))
    expect(found).toMatchObject({
      argv: [
        'RELEASE',
        'DOWNLOAD',
        'uDOS/core@v1.2',
        expect.stringMatching(/^--dir=\/.*downloads$/),
        '--timeout=600',
      ],
    })
  })

  it('refuses a delivery that names no repository', async () => {
    const given = input({ repository: undefined })
    await expect(command({ action: 'sync_repo' }, given)).rejects.toThrow(/has no repository/)
  })

  it('does not fill in a branch that is named like a placeholder', async () => {
    const given = input({ ref: 'refs/heads/{sender}' })
    expect(await command({ action: 'run_tests' }, given)).toMatchObject({
      argv: expect.arrayContaining(['--ref={sender}']),
    })
  })

  it('does not take an option for a ref', async () => {
    const given = input({ ref: 'refs/heads/--web' })
    expect(await command({ action: 'run_tests' }, given)).toMatchObject({
      argv: expect.arrayContaining(['--ref=--web']),
    })
  })
})
