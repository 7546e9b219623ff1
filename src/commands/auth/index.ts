import type { AuthStatus } from '../../github/auth/status.js'
import type { Terminal } from '../../terminal/terminal.js'
import { defineVerb } from '../verb.js'

const status = defineVerb({
  name: 'status',
  summary: 'show who you are, where the token comes from, and what it may do',
  examples: [
    { command: 'wizard AUTH STATUS', does: 'never shows the token' },
    { command: "wizard AUTH STATUS --json | jq '.rate_limits[0].remaining'", does: 'for scripts' },
  ],
  args: [],
  flags: {},
  async run(invocation) {
    const { authStatus } = await import('../../github/auth/status.js')
    const client = await invocation.github()
    return authStatus(client, await client.credentialSource())
  },
  render: (found, { terminal }) => ({
    kind: 'table',
    columns: [
      { title: 'WHAT', tone: () => 'faint' },
      { title: 'IS', cut: 'wrap' },
      { title: 'NOTE', cut: 'wrap' },
    ],
    rows: rowsOf(found, terminal),
  }),
  partialFailure: ({ authenticated }) =>
    authenticated
      ? null
      : {
          code: 'GITHUB_AUTH',
          message: 'no token found',
          hint: 'set GITHUB_TOKEN, or log in with gh auth login; public reads need none',
        },
})

function rowsOf(
  {
    login,
    source,
    host,
    scopes,
    needs,
    rate_limits: limits,
    rate_plan: plan,
    expires_at: expiresAt,
  }: AuthStatus,
  { out, ageOf, momentOf }: Terminal,
): string[][] {
  const until = (time: string) => (out.isTerminal ? `resets ${ageOf(time)}` : `until ${time}`)
  const who = source === null ? 'nobody' : (login ?? 'an app or a job')
  return [
    ['account', who, host],
    ['token', source ?? 'none', expiresAt === null ? '' : `expires ${momentOf(expiresAt)}`],
    ['scopes', scopes === null ? 'not reported' : scopes.join(', ') || 'none', ''],
    ...needs.map(({ noun, needs: what, ok }) => [
      noun,
      ok === null ? '?' : ok ? 'ok' : 'lacks',
      what,
    ]),
    ...limits.map(({ name, limit, remaining, resets_at }) => [
      `limit ${name}`,
      `${remaining}/${limit}`,
      `${until(resets_at)}${name === 'core' && plan !== null ? `; ${plan}` : ''}`,
    ]),
  ]
}

export const verbs = [status]
