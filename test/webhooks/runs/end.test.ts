import { describe, expect, it } from 'vitest'
import { ConfigError, GitHubAuthError, TimeoutError, UsageError } from '../../../src/base/errors.js'
import {
  type AttemptEnd,
  attemptOfCommand,
  attemptOfProgram,
  attemptThatThrew,
  runEndAfter,
} from '../../../src/webhooks/runs/end.js'
import { webhooksConfig } from '../support/configuration.js'
import { failed, succeeded } from '../support/worker.js'

const output = Buffer.from('the end\n')

async function handlerWith(backoff: number) {
  const step = { action: 'exec', payload: { cmd: ['true'] }, backoff }
  const { handlers } = await webhooksConfig({ push: [step] })
  return handlers[0]!
}

describe('an attempt', () => {
  const final: AttemptEnd = { ...failed, isFinal: true }
  it.each<[string, AttemptEnd, boolean, string]>([
    ['that went well', succeeded, false, 'done'],
    ['that went well at last', succeeded, true, 'done'],
    ['that failed', failed, false, 'retry'],
    ['that failed as the last one', failed, true, 'dead'],
    ['whose failure stays', final, false, 'dead'],
  ])('%s', async (_, attempt, isLast, status) => {
    const end = runEndAfter(attempt, { attempt: 1, isLast }, await handlerWith(10), 0.5)
    expect(end).toMatchObject({ status, error: attempt.error })
  })

  it.each<[attempt: number, backoff: number, random: number, seconds: number]>([
    [1, 10, 0.5, 10],
    [2, 10, 0.5, 20],
    [5, 10, 0.5, 160],
    [1, 10, 0, 7.5],
    [1, 10, 0.9999, 12.499],
    [9, 60, 0.5, 3600],
    [9, 60, 0, 2700],
    [2000, 3600, 0.9999, 3600],
  ])(
    'number %d with a backoff of %d s is followed by another, at random %d after %d s',
    async (attempt, backoff, random, seconds) => {
      const end = runEndAfter(
        failed,
        { attempt, isLast: false },
        await handlerWith(backoff),
        random,
      )
      expect('after' in end && end.after / 1000).toBeCloseTo(seconds, 2)
    },
  )
})

describe('a program', () => {
  it.each<[Parameters<typeof attemptOfProgram>[0], object]>([
    [
      { exit: 0, signal: null, output },
      { exit: 0, error: null, output },
    ],
    [
      { exit: 3, signal: null, output },
      { exit: 3, error: { message: 'the command ended with exit 3' }, isFinal: false },
    ],
    [
      { exit: null, signal: 'SIGKILL', output },
      { exit: null, error: { message: 'the command was ended by SIGKILL' }, isFinal: false },
    ],
  ])('%j', (end, expected) => {
    expect(attemptOfProgram(end)).toMatchObject(expected)
  })
})

describe('a command of wizard', () => {
  const error = { code: 'NETWORK', message: 'no way', hint: null }
  it.each<[string, Parameters<typeof attemptOfCommand>[0], object]>([
    [
      'that went well',
      { status: 0, json: { run_id: 7 }, error: null, output },
      { error: null, result: { run_id: 7 } },
    ],
    [
      'that failed is tried again',
      { status: 1, json: undefined, error, output },
      { error, result: null, isFinal: false },
    ],
    [
      'that failed without a word says its exit status',
      { status: 1, json: [1], error: null, output },
      { error: { code: 'FAILED', message: 'ended with exit 1' }, result: null, isFinal: false },
    ],
    [
      'that has started a workflow is not tried again',
      { status: 1, json: { run_id: 7, conclusion: 'failure' }, error, output },
      { isFinal: true, result: { run_id: 7, conclusion: 'failure' } },
    ],
    [
      'whose arguments are wrong is not tried again',
      { status: 2, json: undefined, error, output },
      { isFinal: true },
    ],
  ])('%s', (_, end, expected) => {
    expect(attemptOfCommand(end)).toMatchObject(expected)
  })
})

it('keeps of the document of a command what names its run, and nothing large', () => {
  const json = { run_id: 7, html_url: 'u', jobs: ['many'] }
  const { result } = attemptOfCommand({ status: 0, json, error: null, output })
  expect(result).toEqual({ run_id: 7, html_url: 'u' })
})

describe('a failure before anything ran', () => {
  it.each<[Error, object]>([
    [
      new UsageError('wrong', { hint: 'h' }),
      { isFinal: true, error: { code: 'USAGE', hint: 'h' } },
    ],
    [new ConfigError('wrong'), { isFinal: true, error: { code: 'CONFIG' } }],
    [new TimeoutError('late'), { isFinal: false, error: { code: 'TIMEOUT', message: 'late' } }],
    [new GitHubAuthError('no'), { isFinal: false, error: { message: 'no' } }],
  ])('%s', (thrown, expected) => {
    expect(attemptThatThrew(thrown)).toMatchObject({ exit: null, ...expected })
  })
})
