import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let space: Workspace
beforeEach(async () => {
  space = await openWorkspace()
  await space.github.addRepository('uDOS/typo', { files: { 'a.bin': Buffer.from([0, 255, 1]) } })
})
afterEach(() => space.close())

const api = (...args: string[]) => space.wizard('API', ...args)
const last = () => space.github.requests.filter(({ origin }) => origin === 'api').at(-1)

describe('API GET', () => {
  it('GitHub’s answer as it is, and with --json one document', async () => {
    const { status, out, err } = await api('GET', '/repos/uDOS/typo')
    expect([status, err]).toEqual([0, ''])
    expect(JSON.parse(out)).toMatchObject({ full_name: 'uDOS/typo', default_branch: 'main' })
    expect((await api('GET', 'repos/uDOS/typo', '--json')).json).toEqual(JSON.parse(out))
  })

  it('fields are the query', async () => {
    await api('GET', '/repos/uDOS/typo/branches', 'per_page:=1', 'protected=false')
    expect(last()?.path).toBe('/repos/uDOS/typo/branches?per_page=1&protected=false')
  })

  it('--paginate is all pages as one list, and of a list within an answer too', {
    tags: ['deep'],
  }, async () => {
    for (let i = 0; i < 7; i++) await space.github.branch('uDOS/typo', `b${i}`)
    const { json } = await api('GET', '/repos/uDOS/typo/branches', 'per_page=3', '--paginate')
    expect(json.map(({ name }: { name: string }) => name)).toHaveLength(8)
    const runs = await api('GET', '/repos/uDOS/typo/actions/runs', '--paginate')
    expect(runs.json).toEqual([])
  })

  it('an error is GitHub’s own message, and the exit status of its kind', async () => {
    const { status, out, err } = await api('GET', '/repos/uDOS/nothing', '--json')
    expect([status, out]).toEqual([3, ''])
    expect(JSON.parse(err).error).toMatchObject({ code: 'GITHUB_NOT_FOUND', status: 404 })
    space.github.fail({ path: /typo/, status: 422, body: { message: 'Validation Failed' } })
    const refused = await api('GET', '/repos/uDOS/typo')
    expect([refused.status, refused.err]).toEqual([9, expect.stringContaining('Validation Failed')])
  })

  it.each([
    'https://example.com/user',
    '//example.com/user',
    '/\\example.com/user',
    '/../../user',
    '/repos/%2e%2E/user',
    'http:example.com',
  ])('%s is outside the API: exit 2, and nothing is asked', async (path) => {
    const { status, err } = await api('GET', path)
    expect([status, err]).toEqual([2, expect.stringContaining('is outside the API')])
    expect(space.github.requests).toEqual([])
  })

  it.each(['/repos/uDOS/ty\tpo', '/repos/uDOS/typo\n', '/repos\r/uDOS/typo'])(
    '%j has a control character: exit 2, and nothing is asked',
    async (path) => {
      const { status, err } = await api('GET', path)
      expect([status, err]).toEqual([2, expect.stringContaining('control character')])
      expect(space.github.requests).toEqual([])
    },
  )

  it('--paginate gives what is not a listing as it is', async () => {
    const { status, json } = await api('GET', '/repos/uDOS/typo', '--paginate')
    expect([status, json.full_name, json.topics]).toEqual([0, 'uDOS/typo', []])
  })

  it.each([[], ['--json'], ['--paginate'], ['--paginate', '--json']])(
    'numbers are as GitHub wrote them, with %j %j',
    async (...flags) => {
      const body = '[{"id":12345678901234567890,"rate":1.0,"text":"1.0 12345678901234567890"}]'
      space.github.fail({ path: /big/, status: 200, body })
      const { status, out } = await api('GET', '/repos/uDOS/big', ...flags)
      expect([status, out.replaceAll(/\s*\n\s*/g, '').replaceAll('": ', '":')]).toEqual([0, body])
    },
  )

  it('an address of the API itself is a path too', async () => {
    const { status, json } = await api('GET', `${space.github.apiUrl}/repos/uDOS/typo`, '--json')
    expect([status, json.full_name]).toEqual([0, 'uDOS/typo'])
    expect((await api('GET', '/repos/uDOS/typo/compare/main...main')).status).toBe(0)
  })
})

describe('API POST and its like', () => {
  it('key=value is a text, key:=json is JSON', async () => {
    const path = '/repos/uDOS/typo/releases'
    const { status, json } = await api('POST', path, 'tag_name=v1', 'name=1:=2', 'draft:=true')
    expect([status, json.draft, json.name]).toEqual([0, true, '1:=2'])
    expect(JSON.parse(last()?.body ?? '')).toEqual({ tag_name: 'v1', name: '1:=2', draft: true })
  })

  it('sends every key, even __proto__', async () => {
    await api('POST', '/repos/uDOS/typo/releases', 'tag_name=v1', '__proto__=x')
    expect(last()?.body).toBe('{"tag_name":"v1","__proto__":"x"}')
  })

  it('DELETE with an answer that is empty prints nothing, and null with --json', async () => {
    const { json } = await api('POST', '/repos/uDOS/typo/releases', 'tag_name=v1', 'draft:=true')
    const other = await api('POST', '/repos/uDOS/typo/releases', 'tag_name=v2', 'draft:=true')
    const { status, out } = await api('DELETE', `/repos/uDOS/typo/releases/${json.id}`)
    expect([status, out]).toEqual([0, ''])
    const gone = await api('DELETE', `/repos/uDOS/typo/releases/${other.json.id}`, '--json')
    expect(gone.json).toBeNull()
  })

  it.each([['key'], ['key:=yes'], ['=value']])('%s is exit 2', async (field) => {
    expect((await api('POST', '/repos/uDOS/typo/releases', field)).status).toBe(2)
    expect(space.github.requests).toEqual([])
  })

  it('--paginate goes with GET alone: exit 2', async () => {
    expect((await api('POST', '/repos/uDOS/typo/releases', '--paginate')).status).toBe(2)
  })
})

describe('API GRAPHQL', () => {
  const query = 'query($name: String!) { repository(owner: "uDOS", name: $name) { name } }'

  it('prints the data', async () => {
    const { status, out } = await api('GRAPHQL', '{ viewer { login } }')
    expect([status, JSON.parse(out)]).toEqual([0, { viewer: { login: 'monalisa' } }])
  })

  it('fields are its variables', async () => {
    const { json } = await api('GRAPHQL', query, 'name=typo', '--json')
    expect(json).toEqual({ repository: { name: 'typo' } })
  })

  it('an error is GitHub’s own message', async () => {
    const { status, err } = await api('GRAPHQL', '{ nonsense }')
    expect([status, err]).toEqual([9, expect.stringContaining('nonsense')])
    const none = await api('GRAPHQL', query, 'name=nothing')
    expect([none.status, none.err]).toEqual([3, expect.stringContaining('uDOS/nothing')])
  })

  it('prints the part that GitHub answered, and its errors are the exit status', async () => {
    const two = `{
      a: repository(owner: "uDOS", name: "typo") { name }
      b: repository(owner: "uDOS", name: "nothing") { name }
    }`
    const { status, json, err } = await api('GRAPHQL', two, '--json')
    expect([status, json]).toEqual([3, { a: { name: 'typo' }, b: null }])
    expect(JSON.parse(err).error).toMatchObject({
      code: 'GITHUB_NOT_FOUND',
      message: expect.stringContaining('uDOS/nothing'),
    })
    const shown = await api('GRAPHQL', two)
    expect([shown.status, JSON.parse(shown.out)]).toEqual([3, json])
  })

  it('reads the query from stdin', async () => {
    const { ended } = space.begin(['API', 'GRAPHQL', '-'], { input: '{ viewer { login } }' })
    const { status, out } = await ended
    expect([status, JSON.parse(out)]).toEqual([0, { viewer: { login: 'monalisa' } }])
  })
})

describe('API GRAPHQL --paginate', () => {
  const pageInfo = 'pageInfo { hasNextPage endCursor }'
  const refs = (inner = `nodes { name } ${pageInfo}`) =>
    `query($endCursor: String, $name: String = "typo") {
      repository(owner: "uDOS", name: $name) {
        refs(refPrefix: "refs/heads/", first: 3, after: $endCursor) { ${inner} }
      }
    }`
  type Answer = { repository: { refs: { nodes: { name: string }[] } } }
  const namesIn = ({ repository }: Answer) => repository.refs.nodes.map(({ name }) => name)
  const names = ['b0', 'b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'main']
  const asked = () => space.github.requests.filter(({ path }) => path === '/graphql')
  beforeEach(async () => {
    for (let i = 0; i < 7; i++) await space.github.branch('uDOS/typo', `b${i}`)
  })

  it('prints one answer with the nodes and edges of all pages', { tags: ['deep'] }, async () => {
    const inner = `totalCount nodes { name } edges { node { name } } ${pageInfo}`
    const { status, out } = await api('GRAPHQL', refs(inner), '--paginate')
    const whole = await api('GRAPHQL', refs(inner).replace('first: 3', 'first: 100'), '--json')
    expect([status, namesIn(JSON.parse(out))]).toEqual([0, names])
    expect(JSON.parse(out)).toEqual(whole.json)
    const { json } = await api('GRAPHQL', refs(inner), '--paginate', '--json')
    expect(json).toEqual(whole.json)
  })

  it('begins after a cursor that is given', { tags: ['deep'] }, async () => {
    const { json } = await api('GRAPHQL', refs())
    const { endCursor } = json.repository.refs.pageInfo
    const rest = await api('GRAPHQL', refs(), `endCursor=${endCursor}`, '--paginate')
    expect(namesIn(rest.json)).toEqual(names.slice(3))
  })

  it.each([
    ['takes no $endCursor', '{ viewer { login } }', 0],
    ['asks for no pageInfo', refs('nodes { name }'), 1],
    ['without hasNextPage and endCursor', refs('pageInfo { endCursor }'), 1],
    [
      'several connections',
      `query($endCursor: String) { viewer {
        a: repositories(first: 1, after: $endCursor) { ${pageInfo} }
        b: repositories(first: 2) { ${pageInfo} }
      } }`,
      1,
    ],
  ])('a query that %s is exit 2, with the way to write it', async (words, query, requests) => {
    const { status, out, err } = await api('GRAPHQL', query, '--paginate')
    expect([status, out]).toEqual([2, ''])
    expect(err).toContain(words)
    expect(err).toContain('hint: pages need query($endCursor: String)')
    expect(asked()).toHaveLength(requests)
  })

  const page = (endCursor: string | null) => ({
    data: { repository: { refs: { nodes: [], pageInfo: { hasNextPage: true, endCursor } } } },
  })

  it.each([[null], ['x']])('a cursor that stays %s ends with an error', async (cursor) => {
    space.github.fail({ path: /graphql/, status: 200, body: page(cursor), times: 9 })
    const { status, json, err } = await api('GRAPHQL', refs(), '--paginate', '--json')
    expect([status, json]).toEqual([6, page(cursor).data])
    expect(JSON.parse(err).error.message).toContain('the cursor does not advance')
    expect(asked()).toHaveLength(cursor === null ? 1 : 2)
  })

  it('prints the pages before an error, whose exit status it has', async () => {
    space.github.fail({ path: /graphql/, status: 403, body: { message: 'No' }, skip: 2 })
    const cut = await api('GRAPHQL', refs(), '--paginate', '--json')
    expect([cut.status, namesIn(cut.json)]).toEqual([4, names.slice(0, 6)])
    expect(JSON.parse(cut.err).error).toMatchObject({ code: 'GITHUB_AUTH', status: 403 })
  })

  it('prints the part of a page that GitHub answered, and asks for no further one', async () => {
    const errors = [{ type: 'NOT_FOUND', message: 'no such thing', path: ['x'] }]
    space.github.fail({ path: /graphql/, status: 200, body: { ...page('x'), errors }, times: 1 })
    const part = await api('GRAPHQL', refs(), '--paginate', '--json')
    expect([part.status, part.json]).toEqual([3, page('x').data])
    expect(asked()).toHaveLength(1)
    const none = await api('GRAPHQL', refs(), 'name=nothing', '--paginate')
    expect([none.status, none.err]).toEqual([3, expect.stringContaining('uDOS/nothing')])
  })
})

describe('any method', () => {
  it('HEAD says by its exit status whether something is there', async () => {
    const there = await api('HEAD', '/repos/uDOS/typo')
    expect([there.status, there.out, last()?.method]).toEqual([0, '', 'HEAD'])
    expect((await api('HEAD', '/repos/uDOS/nothing')).status).toBe(3)
  })

  it('OPTIONS is sent as it is', async () => {
    await api('OPTIONS', '/repos/uDOS/typo')
    expect(last()?.method).toBe('OPTIONS')
  })
})
