import { constants as buffers } from 'node:buffer'
import { execFile } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reportError } from '../../../src/base/error-report.js'
import { WizardError } from '../../../src/base/errors.js'
import { explainError } from '../../../src/base/fs/system-error.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wizard-errno-'))
  mkdirSync(join(folder, 'full/x'), { recursive: true })
  symlinkSync('loop', join(folder, 'loop'))
  writeFileSync(join(folder, 'file'), '')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function failureOf(work: (at: (name: string) => string) => unknown): Promise<unknown> {
  try {
    await work((name) => join(folder, name))
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}

/** What node itself throws. */
const real: [string, (at: (name: string) => string) => unknown, string][] = [
  ['ENOENT', (at) => openSync(at('none'), 'r'), "none can't be used: it does not exist"],
  ['ENOTDIR', (at) => openSync(at('file/x'), 'r'), "file/x can't be used: a part of it is a file"],
  ['EISDIR', (at) => readFileSync(at('full')), 'it is a folder'],
  ['EEXIST', (at) => mkdirSync(at('file')), "file can't be used: it already exists"],
  ['ENOTEMPTY', (at) => rmdirSync(at('full')), "full can't be used: it is not empty"],
  ['ENAMETOOLONG', (at) => mkdirSync(at('x'.repeat(300))), 'its name is too long'],
  [
    'ENAMETOOLONG',
    (at) => symlinkSync('x'.repeat(5000), at('link')),
    "link can't be used: its name is too long",
  ],
  ['ENOENT', (at) => renameSync(at('none'), at('other')), "other can't be used: it does not exist"],
  ['ELOOP', (at) => openSync(at('loop'), 'r'), 'form a loop'],
  [
    'ENOENT',
    () => promisify(execFile)('no-such-program'),
    "no-such-program can't be started: it is not installed, or not in PATH",
  ],
]

describe('a system error', () => {
  test.each(real)('%s names the place and the reason', async (code, work, words) => {
    const error = await failureOf(work)
    expect(error).toMatchObject({ code })
    const { message } = reportError(error)
    expect(message).toContain(words)
    expect(message).not.toMatch(rawWords)
  })

  const { errno } = constants
  test.each(Object.keys(errno))("%s shows none of node's own words", (code) => {
    const number = -(errno as Record<string, number>)[code]!
    const given = Object.assign(new Error(`${code}: some words, open '/x/y'`), {
      code,
      errno: number,
      syscall: 'open',
      path: '/x/y',
    })
    const { message, hint } = reportError(given)
    expect(message).not.toMatch(rawWords)
    expect(`${message} ${hint}`).not.toContain('\n')
  })
})

const rawWords = /\bE[A-Z]{3,}\b:|syscall|\bat Object|\bopen '/

describe('any other error', () => {
  test.each([
    ['of JavaScript', new TypeError("Cannot read properties of undefined (reading 'x')")],
    ['of a library, in many lines', new Error('first\n    at x (y.js:1:2)\nlast')],
    ['without a message', new Error('')],
    ['that is a string', 'broken'],
    ['that is nothing', undefined],
    ['with a token', new Error(`Bearer ghp_${'a'.repeat(36)}`)],
    ['that is too long', new RangeError('x'.repeat(buffers.MAX_STRING_LENGTH > 9999 ? 9999 : 1))],
  ])('%s is one short line, with the way to report it', (_, given) => {
    const { code, message, hint } = reportError(given)
    expect(code).toBe('FAILED')
    expect(message).toMatch(/^unexpected error: .+$/)
    expect(message.length).toBeLessThan(600)
    expect(message).not.toContain('ghp_aaaa')
    expect(hint).toContain('/issues')
  })

  test("one of wizard's own is as it was", () => {
    const own = new WizardError('x', { hint: 'y' })
    expect(explainError(own)).toBe(own)
  })
})
