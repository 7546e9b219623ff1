import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/base/errors.js'
import { createOctokit } from '../../../src/github/rest/octokit.js'
import { pagesOf } from '../../../src/github/rest/pages.js'
import type { ApiResponse } from '../../../src/github/transport/message.js'
import { answer, scripted } from '../support.js'

const repository = { owner: 'uDOS', repo: 'core' }

async function octokitWith(...answers: ApiResponse[]) {
  const send = scripted(...answers)
  const baseUrl = new URL('https://ghe.test/api/v3')
  const { rest } = await createOctokit({ send, baseUrl, userAgent: 'test' })
  return { rest, paths: () => send.asked.map(({ url }) => url.pathname + url.search) }
}

describe('an address', () => {
  it('has the slashes of paths and refs as GitHub writes them', async () => {
    const { rest, paths } = await octokitWith(...Array.from({ length: 5 }, () => answer()))
    await rest.repos.getContent({ ...repository, path: 'docs/a b/c?.md', ref: 'feature/x' })
    await rest.git.getRef({ ...repository, ref: 'tags/plugins/v1.0' })
    await rest.repos.getReleaseByTag({ ...repository, tag: 'plugins/v1.0' })
    await rest.repos.getCommit({ ...repository, ref: 'feature/100%2Fx' })
    await rest.git.getTree({ ...repository, tree_sha: 'feature/x' })
    expect(paths()).toEqual([
      '/api/v3/repos/uDOS/core/contents/docs/a%20b/c%3F.md?ref=feature%2Fx',
      '/api/v3/repos/uDOS/core/git/ref/tags/plugins/v1.0',
      '/api/v3/repos/uDOS/core/releases/tags/plugins/v1.0',
      '/api/v3/repos/uDOS/core/commits/feature/100%252Fx',
      '/api/v3/repos/uDOS/core/git/trees/feature%2Fx',
    ])
  })

  it.each(['..', '.', '../../user', 'a/../../../hooks'])('does not climb: %s', async (name) => {
    const { rest, paths } = await octokitWith(answer(), answer())
    await expect(rest.repos.getReleaseByTag({ ...repository, tag: name })).rejects.toThrow(
      UsageError,
    )
    await expect(rest.git.getRef({ ...repository, ref: `tags/${name}` })).rejects.toThrow(
      UsageError,
    )
    expect(paths()).toEqual([])
  })

  it('does not climb where a name is one segment', async () => {
    const { rest, paths } = await octokitWith(answer())
    await expect(rest.git.getTree({ ...repository, tree_sha: '..' })).rejects.toThrow(UsageError)
    expect(paths()).toEqual([])
  })
})

describe('an answer', () => {
  const bytes = Buffer.from([0x89, 0x50, 0xff, 0x00, 0xc3, 0x28])
  const raw = { headers: { accept: 'application/vnd.github.raw+json' } }

  it.each(['text/plain; charset=utf-8', 'application/vnd.github.raw+json; charset=utf-8', null])(
    'keeps the bytes of a raw file that is called %s',
    async (type) => {
      const file = { ...answer(200, type === null ? {} : { 'content-type': type }), body: bytes }
      const { rest } = await octokitWith(file)
      const { data } = await rest.repos.getContent({ ...repository, path: 'logo.png', ...raw })
      expect(Buffer.from(data as unknown as ArrayBuffer)).toEqual(bytes)
    },
  )

  it.each(['application/json', 'application/vnd.github+json; charset=utf-8', null])(
    'is JSON by the type %s',
    async (type) => {
      const headers: Record<string, string> = type === null ? {} : { 'content-type': type }
      const { rest } = await octokitWith(answer(200, headers, { id: 7 }))
      expect((await rest.repos.get(repository)).data).toEqual({ id: 7 })
    },
  )

  it('is not the API where it is a page', async () => {
    const { rest } = await octokitWith(answer(200, { 'content-type': 'text/html' }, '<p>log in'))
    await expect(rest.repos.get(repository)).rejects.toThrow(
      'ghe.test did not answer as the GitHub API does',
    )
  })

  it.each(['', 'null'])('is not the API where it says nothing: %j', async (body) => {
    const { rest } = await octokitWith(answer(200, {}, body))
    await expect(rest.actions.listRepoWorkflows(repository)).rejects.toThrow(
      'ghe.test did not answer as the GitHub API does',
    )
  })

  it('is not taken from another host', async () => {
    const elsewhere = { ...answer(200, {}, []), foreign: true }
    const { rest } = await octokitWith(elsewhere)
    await expect(rest.repos.get(repository)).rejects.toThrow(
      'ghe.test redirects to another host: api.test',
    )
  })

  it.each([{ id: 'x', name: 5, total_count: 'a', workflows: {} }, { total_count: 1 }, {}, 5, null])(
    'that is no listing is an error in words: %j',
    async (body) => {
      const send = scripted(answer(200, {}, body))
      const octokit = await createOctokit({
        send,
        baseUrl: new URL('https://ghe.test/api/v3'),
        userAgent: 'test',
      })
      const listing = pagesOf(octokit, octokit.rest.actions.listRepoWorkflows, repository)
      await expect(listing).rejects.toThrow('as the GitHub API does')
    },
  )
})
