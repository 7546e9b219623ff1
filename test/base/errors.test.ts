import { describe, expect, test } from 'vitest'
import {
  exitStatus,
  GitHubError,
  GitHubNotFoundError,
  NotFoundError,
  reportError,
  WizardError,
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
