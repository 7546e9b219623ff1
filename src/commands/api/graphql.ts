import { text } from 'node:stream/consumers'
import { reportError } from '../../base/error-report.js'
import { lines } from '../../terminal/page.js'
import { defineVerb } from '../verb.js'
import { parseFields } from './fields.js'

export const graphql = defineVerb({
  name: 'graphql',
  summary: 'ask by GraphQL; the answer’s data on stdout',
  examples: [
    { command: "wizard API GRAPHQL '{ viewer { login } }'", does: 'who am I' },
    {
      command:
        "wizard API GRAPHQL 'query($o: String!) { organization(login: $o) { name } }' o=uDOS",
      does: 'with variables',
    },
  ],
  args: [
    { name: 'query', summary: 'the query; - is stdin' },
    {
      name: 'key=value',
      summary: 'its variables; key:=5 for JSON',
      optional: true,
      variadic: true,
    },
  ],
  flags: {},
  async run(invocation, [query = '', ...assignments]) {
    const { askGraphql, errorOf } = await import('../../github/graphql/graphql.js')
    const written = query === '-' ? await text(invocation.stdin) : query
    const answer = await askGraphql(await invocation.github(), written, parseFields(assignments))
    const error = errorOf(answer)
    if (answer.data === null) throw error
    return { data: answer.data, error }
  },
  json: ({ data }) => data,
  render: ({ data }) => lines(...JSON.stringify(data, null, 2).split('\n')),
  // GitHub may answer a part of a query: that part is the result.
  partialFailure: ({ error }) => (error === null ? null : reportError(error)),
})
