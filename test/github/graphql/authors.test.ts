import { startLocalGitHub } from 'local-github'
import { expect, it } from 'vitest'
import { GitHubClient } from '../../../src/github/client.js'
import { loginsOf } from '../../../src/github/graphql/authors.js'

it('knows the logins of authors and co-authors, and asks for halves of what is too heavy', async () => {
  const github = await startLocalGitHub()
  const client = new GitHubClient({ baseUrl: github.apiUrl, token: github.token, retryAttempts: 0 })
  try {
    await github.addRepository('uDOS/core')
    const email = '1+monalisa@users.noreply.github.com'
    const first = await github.commit('uDOS/core', { author: { name: 'M', email } })
    const stranger = { name: 'S', email: 'nobody@example.test' }
    const message = 'Both\n\nCo-authored-by: M <Monalisa@users.noreply.github.com>'
    const second = await github.commit('uDOS/core', { author: stranger, message })
    const fault = github.fail({ path: /graphql/, status: 502, times: 1 })
    const oids = [first, second, 'f'.repeat(40)]
    expect(await loginsOf(client, { owner: 'uDOS', repo: 'core' }, oids)).toEqual(
      new Map([
        [email, 'monalisa'],
        ['monalisa@users.noreply.github.com', 'monalisa'],
      ]),
    )
    expect(fault.hits).toBe(1)
  } finally {
    await client.close()
    await github.close()
  }
})
