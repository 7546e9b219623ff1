import { readFile, stat } from 'node:fs/promises'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../support/workspace.js'
import { type Step, typing } from './support/terminal.js'

let work: Workspace

beforeAll(async () => {
  work = await openWorkspace()
  await work.github.addRepository('uDOS/typo', { files: { 'a.txt': 'one\n' } })
  await work.repos({ tools: [{ repo: 'typo' }] })
  expect((await work.wizard('repo', 'sync')).status).toBe(0)
})
afterAll(() => work.close())

const prompt = /wizard> $/
const ctrlC = '\u0003'
const ctrlD = '\u0004'
const up = '\u001b[A'

/** @returns the text that the terminal has shown, without escape sequences */
async function typeIn(noun: string, steps: Step[]) {
  const env = { XDG_STATE_HOME: work.path('state') }
  const { status, shown } = await typing([noun], { cwd: work.root, columns: 100, env }, steps)
  return { status, text: stripVTControlCharacters(shown) }
}

it('runs what is typed, and a failure does not end it', { tags: ['deep'] }, async () => {
  const { status, text } = await typeIn('SHELL', [
    [prompt, "repo cat typo 'a.txt'\r"],
    [prompt, 'repo snyc\r'],
    [prompt, 'repo view nowhere\r'],
    [prompt, 'HELP exit-codes\r'],
    [prompt, 'shell\r'],
    [prompt, 'EXIT\r'],
  ])
  expect(status).toBe(0)
  expect(text).toMatch(/\none\r?\n/)
  expect(text).toContain('did you mean REPO SYNC?')
  expect(text).toContain('uDOS/nowhere')
  expect(text).toContain('exit-codes: ')
  expect(text).toContain("SHELL can't run inside a script or shell")
})

it('Ctrl-C ends the command and not the shell, at the prompt it drops the line; Ctrl-D ends it', {
  tags: ['deep'],
}, async () => {
  const { status, text } = await typeIn('shell', [
    [prompt, 'repo exec typo -- sh -c "echo begun; sleep 60"\r'],
    [/\| begun/, ctrlC],
    [prompt, 'repo view nowh'],
    [/nowh$/, ctrlC],
    [prompt, 'repo exec typo -- echo still here\r'],
    [prompt, ctrlD],
  ])
  expect(status).toBe(0)
  expect(text).toContain('interrupted')
  expect(text).toContain('typo | still here')
  expect(text).not.toContain('nowhere is not')
})

it('completes nouns, verbs, flags and targets', { tags: ['deep'] }, async () => {
  const { text } = await typeIn('shell', [
    [prompt, 'repo exe\t'],
    [/repo exec $/, 'ty\t'],
    [/typo $/, '-- echo done; '],
    [/done; $/, ctrlC],
    [prompt, 'REPO CLONE --dep\t'],
    [/--depth $/, ctrlC],
    [prompt, ctrlD],
  ])
  expect(text).toContain('repo exec typo -- echo')
})

it('keeps its history for its owner alone, without secrets', { tags: ['deep'] }, async () => {
  const secret = `ghp_${'0123456789'.repeat(4)}`
  await typeIn('shell', [
    [prompt, 'api get /user token=typed1 --password typed2 key=$NAME\r'],
    [prompt, `repo exec typo -- echo first ${secret}\r`],
    [prompt, 'EXIT\r'],
  ])
  const { text } = await typeIn('shell', [
    [prompt, up],
    [/first/, '\r'],
    [prompt, ctrlD],
  ])
  expect(text).toContain('uDOS/typo | first ***')
  const file = work.path('state/wizard/history')
  const kept = await readFile(file, 'utf8')
  expect(kept).toContain('repo exec typo -- echo first ***\n')
  expect(kept).not.toContain(secret)
  expect(kept).toContain('api get /user token=*** --password *** key=$NAME\n')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

it('off a terminal it reads lines as SCRIPT - does', async () => {
  const { status, out, err } = await work.run(['shell'], {
    input: 'repo cat typo a.txt\nrepo view no\n',
  })
  expect([status, out]).toEqual([3, 'one\n'])
  expect(err).toContain('stdin:2: repo view no failed with exit status 3')
  const ended = await work.run(['shell'], { input: 'repo cat typo a.txt\nEXIT\nnot a command\n' })
  expect([ended.status, ended.out]).toEqual([0, 'one\n'])
})
