import { isUtf8 } from 'node:buffer'
import { UsageError } from '../../base/errors.js'
import { parseExactly, withExactNumbers } from '../../base/exact-json.js'
import { contentOf, firstBytes, maxBytesFlag, noteOmitted } from '../max-bytes.js'
import { defineVerb } from '../verb.js'
import { parseFields } from './fields.js'
import { graphql } from './graphql.js'

const methods = {
  get: 'read',
  post: 'make',
  put: 'replace',
  patch: 'change',
  delete: 'remove',
  head: 'check for',
  options: 'ask for the allowed methods',
}

/** The body as GitHub sent it; always one document with `--json`. */
const parsedBody = (body: Buffer): unknown => {
  if (body.length === 0) return null
  try {
    return isUtf8(body) ? parseExactly(body.toString('utf8')) : contentOf(body)
  } catch {
    return contentOf(body)
  }
}

const endLine = (body: Buffer) =>
  body.length === 0 || body.at(-1) === 0x0a ? body : Buffer.concat([body, Buffer.from('\n')])

function methodVerb(name: keyof typeof methods) {
  const method = name.toUpperCase()
  return defineVerb({
    name,
    summary: `${methods[name]} by the REST API; GitHub's answer on stdout`,
    examples: examplesOf(name),
    args: [
      { name: 'path', summary: 'a path of the API' },
      {
        name: 'key=value',
        summary: 'query parameters of a GET, otherwise the body; key:=5 for JSON',
        optional: true,
        variadic: true,
      },
    ],
    flags: {
      paginate: { type: 'boolean', summary: 'all pages of a listing, as one list' },
      ...maxBytesFlag,
    },
    async run(invocation, [path = '', ...assignments], { paginate, 'max-bytes': most }) {
      const { callAllPages, callApi } = await import('../../github/rest/raw.js')
      const request = { method, path, fields: parseFields(assignments) }
      const client = await invocation.github()
      if (paginate && name !== 'get')
        throw new UsageError(`--paginate works only with GET, not with ${method}`)
      const body = paginate
        ? Buffer.from(
            withExactNumbers(JSON.stringify(await callAllPages(client, request), null, 2)),
          )
        : (await callApi(client, request)).body
      const start = firstBytes(body, most)
      noteOmitted(invocation, start.omitted, 'first')
      return start
    },
    json: ({ content, omitted }) =>
      omitted === 0 ? parsedBody(content) : contentOf(content, omitted),
    render: ({ content }) => ({ kind: 'bytes', bytes: endLine(content) }),
  })
}

function examplesOf(name: keyof typeof methods) {
  const title = `wizard API ${name.toUpperCase()}`
  if (name === 'get') {
    return [
      { command: `${title} /repos/uDOS/uDOS | jq .default_branch`, does: 'one object' },
      {
        command: `${title} /orgs/uDOS/repos type=sources --paginate | jq -r '.[].name'`,
        does: 'all pages',
      },
    ]
  }
  const example =
    name === 'post'
      ? '/repos/uDOS/uDOS/issues title="It works" labels:=\'["good"]\''
      : '/repos/uDOS/uDOS/labels/good'
  return [{ command: `${title} ${example}`, does: methods[name] }]
}

export const verbs = [
  ...(Object.keys(methods) as (keyof typeof methods)[]).map(methodVerb),
  graphql,
]
