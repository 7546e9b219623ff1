import { Octokit } from '@octokit/rest'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LocalGitHub, startLocalGitHub } from '../src/index.js'
import { mswHandlers } from '../src/msw.js'

const server = setupServer()
const quiet = { debug() {}, info() {}, warn() {}, error() {} }
let github: LocalGitHub

beforeAll(async () => {
  github = await startLocalGitHub()
  await github.addRepository('uDOS/typo', { private: true })
  server.listen({ onUnhandledRequest: 'error' })
  server.use(...mswHandlers(github))
})

afterAll(async () => {
  server.close()
  await github.close()
})

test('Octokit meets it under the names of github.com', async () => {
  const { rest } = new Octokit({ auth: github.token, log: quiet })
  const { data } = await rest.repos.get({ owner: 'uDOS', repo: 'typo' })
  expect(data.url).toBe('https://api.github.com/repos/uDOS/typo')
  const anonymous = new Octokit({ log: quiet }).rest.repos.get({ owner: 'uDOS', repo: 'typo' })
  await expect(anonymous).rejects.toMatchObject({ status: 404 })
})

test('a lost answer is a network error', async () => {
  github.fail({ dropAnswer: true, times: 1 })
  await expect(fetch('https://api.github.com/rate_limit')).rejects.toThrow('Failed to fetch')
})
