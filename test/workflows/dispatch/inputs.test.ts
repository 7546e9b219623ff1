import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/base/errors.js'
import { checkInputs, parseInputs } from '../../../src/workflows/dispatch/inputs.js'
import { type Stage, stage } from '../support.js'

const text = `on:
  workflow_dispatch:
    inputs:
      version: { required: true, description: which }
      level: { type: choice, options: [low, high, 3], default: low, required: true }
      dry: { type: boolean }
      count: { type: number }
      where: { type: environment }
      odd: { type: something-new }
      empty:
`

function problems(given: Record<string, string>): string[] {
  try {
    checkInputs('core/x.yml', parseInputs(text) ?? {}, given)
    return []
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return [error, ...error.details].map(({ message, hint }) => `${message}; ${hint ?? ''}`)
  }
}

describe('inputs', () => {
  it.each<Record<string, string>>([
    { version: '1' },
    { version: '', level: 'high', dry: 'true', count: '-1.5', where: 'prod', odd: '?', empty: '' },
    { version: '1', level: '3' },
  ])('are right: %j', (given) => {
    expect(problems(given)).toEqual([])
  })

  it.each<[Record<string, string>, RegExp]>([
    [{}, /needs the input version; add version=… \(a text\)/],
    [
      { version: '1', levle: 'low' },
      /no input levle; did you mean level\? .*level \(low\|high\|3\)/,
    ],
    [{ version: '1', level: 'hihg' }, /level must be low\|high\|3, not hihg; did you mean high\?/],
    [{ version: '1', dry: 'yes' }, /dry must be true\|false, not yes/],
    [{ version: '1', count: 'many' }, /count must be a number, not many/],
    [{ version: '1', where: ' ' }, /where must be the name of an environment, not empty/],
    [{ version: '1', constructor: 'x' }, /no input constructor/],
  ])('%j are told', (given, told) => {
    expect(problems(given)).toEqual([expect.stringMatching(told)])
  })

  it('are told all at once', () => {
    expect(problems({ nope: '1', dry: 'x' })).toHaveLength(3)
  })
})

describe('a workflow file', () => {
  it.each([
    ['on: workflow_dispatch', {}],
    ['on: [push, workflow_dispatch]', {}],
    ['on: { workflow_dispatch: }', {}],
    ['"on": { push: , workflow_dispatch: { inputs: } }', {}],
    // Then GitHub decides, because it knows more than this parser.
    ['on: push', null],
    ['on: { push: }', null],
    ['on: { workflow_dispatch: { inputs: [a] } }', null],
    ['a: [', null],
    ['', null],
    ['- 1', null],
  ])('%j', (file, inputs) => {
    expect(parseInputs(file)).toEqual(inputs)
  })
})

describe('before a dispatch', () => {
  let here: Stage
  beforeEach(async () => {
    here = await stage()
  })
  afterEach(() => here.close())
  const dispatched = () => here.asked(/dispatches$/)

  it('wrong ones are refused, and nothing is sent', async () => {
    const run = here.runner.run('uDOS', 'core', 'tests', { inputs: { suite: 'all' } })
    await expect(run).rejects.toMatchObject({
      code: 'USAGE',
      message: 'the input suite must be unit|e2e, not all',
    })
    expect(dispatched()).toEqual([])
    expect(here.asked(/\/contents\//)).toHaveLength(1)
  })

  it('they are those of the file at that ref', { tags: ['deep'] }, async () => {
    await here.github.branch('uDOS/core', 'next')
    const file = 'on: { workflow_dispatch: { inputs: { other: } } }\njobs: {}\n'
    await here.github.commit('uDOS/core', {
      branch: 'next',
      files: { '.github/workflows/tests.yml': file },
    })
    await here.runner.run('uDOS', 'core', 'tests', { ref: 'next', inputs: { other: 'x' } })
    expect(here.github.actions.runs('uDOS/core')[0]?.inputs).toEqual({ other: 'x' })
  })

  it.each([403, 404, 502])('a file that answers %s leaves it to GitHub', async (status) => {
    here.github.fail({ path: /\/contents\//, status, body: { message: 'no' } })
    const run = here.runner.run('uDOS', 'core', 'publish')
    await expect(run).rejects.toMatchObject({
      code: 'GITHUB',
      status: 422,
      message: expect.stringContaining("Required input 'version' not provided"),
    })
    expect(dispatched()).toHaveLength(1)
  })
})
