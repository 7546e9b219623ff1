import { defineVerb } from '../../verb.js'
import { repositoriesPage } from './list.js'

export const search = defineVerb({
  name: 'search',
  summary: 'search GitHub for repositories',
  examples: [
    {
      command: 'wizard REPO SEARCH "offline first" --language rust',
      does: 'by words and language',
    },
    {
      command: 'wizard REPO SEARCH topic:udos-plugin --sort updated --limit 50',
      does: "with GitHub's own qualifiers",
    },
  ],
  args: [{ name: 'query', summary: "words and GitHub's qualifiers", variadic: true }],
  flags: {
    language: { type: 'text', value: 'L', summary: 'written in that language' },
    sort: {
      type: 'choice',
      choices: ['stars', 'forks', 'help-wanted-issues', 'updated'],
      summary: 'highest first (stars)',
    },
    limit: {
      type: 'integer',
      value: 'N',
      min: 1,
      max: 1000,
      summary: 'at most N; GitHub returns up to 1,000',
    },
  },
  async run(invocation, words, { language, sort, limit }) {
    const client = await invocation.github()
    return client.searchRepositories(words.join(' '), { language, sort, limit })
  },
  isLong: true,
  render: repositoriesPage,
})
