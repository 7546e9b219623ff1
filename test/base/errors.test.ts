import { describe, expect, test } from 'vitest'
import { reportError } from '../../src/base/error-report.js'
import {
  exitStatus,
  GitHubError,
  GitHubNotFoundError,
  NotFoundError,
  WizardError,
  withHint,
} from '../../src/base/errors.js'

describe('what is not found', () => {
  const ours = new NotFoundError('plugin-x is not installed', { hint: 'there is plugin-y' })
  const theirs = new GitHubNotFoundError('uDOS/x is not there', { status: 404 })

  test('is GitHub’s word only where GitHub said so', () => {
    expect([ours instanceof WizardError, ours instanceof GitHubError]).toEqual([true, false])
    expect([theirs instanceof GitHubError, theirs instanceof NotFoundError]).toEqual([true, false])
    expect([ours.name, theirs.name]).toEqual(['NotFoundError', 'GitHubNotFoundError'])
  })

  test.each([ours, theirs])('is one code and one exit status to a script: $name', (error) => {
    expect(reportError(error)).toMatchObject({ code: 'GITHUB_NOT_FOUND', message: error.message })
    expect(exitStatus[error.code]).toBe(3)
  })
})

describe('withHint', () => {
  test('adds a remedy to a copy: a reason is shared by all who were stopped by it', () => {
    const reason = new GitHubNotFoundError('uDOS/x is not there', { status: 404, hint: 'look' })
    const copies = ['first', 'second'].map((hint) => withHint(reason, hint) as GitHubNotFoundError)
    expect(copies.map(({ hint }) => hint)).toEqual(['look; first', 'look; second'])
    expect(copies[0]).toBeInstanceOf(GitHubNotFoundError)
    expect(copies[0]).toMatchObject({ code: 'GITHUB_NOT_FOUND', status: 404, name: reason.name })
    expect(copies[0]?.message).toBe(reason.message)
    expect(reason.hint).toBe('look')
  })

  test('leaves what is not ours as it is', () => {
    const foreign = new TypeError('x')
    expect(withHint(foreign, 'y')).toBe(foreign)
  })
})
