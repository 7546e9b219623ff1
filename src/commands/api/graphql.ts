import { text } from 'node:stream/consumers'
import { reportError } from '../../base/error-report.js'
import { lines } from '../../terminal/page.js'
import { defineVerb } from '../verb.js'
import { parseFields } from './fields.js'

export const graphql = defineVerb({
  name: 'graphql',
  summary: 'send a GraphQL query; its data goes to stdout',
  examples: [
    { command: "wizard API GRAPHQL '{ viewer { login } }'", does: 'who am I' },
    {
      command:
        "wizard API GRAPHQL 'query($o: String!) { organization(login: $o) { name } }' o=uDOS",
      does: 'with variables',
    },
    {
      command:
        'wizard API GRAPHQL - --paginate < stars.graphql | jq .viewer.starredRepositories.nodes[].name',
      does: 'all pages, joined',
    },
  ],
  args: [
    { name: 'query', summary: 'the query; - is stdin' },
    {
      name: 'key=value',
      summary: 'variables of the query; key:=5 for JSON',
      optional: true,
      variadic: true,
    },
  ],
  flags: {
    paginate: {
      type: 'boolean',
      summary: 'all pages: the query takes $endCursor and asks for pageInfo',
    },
  },
  async run(invocation, [query = '', ...assignments], { paginate }) {
    const written = query === '-' ? await text(invocation.stdin) : query
    const variables = parseFields(assignments)
    const client = await invocation.github()
    if (paginate) {
      const { askAllPages } = await import('../../github/graphql/pages.js')
      return askAllPages(client, written, variables)
    }
    const { askGraphql, errorOf } = await import('../../github/graphql/graphql.js')
    const answer = await askGraphql(client, written, variables)
    const error = errorOf(answer)
    if (answer.data === null) throw error
    return { data: answer.data, error }
  },
  json: ({ data }) => data,
  render: ({ data }) => lines(...JSON.stringify(data, null, 2).split('\n')),
  // GitHub may answer a part of a query: that part is the result.
  partialFailure: ({ error }) => (error === null ? null : reportError(error)),
})
