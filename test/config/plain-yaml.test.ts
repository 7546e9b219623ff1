import { readFileSync } from 'node:fs'
import { globSync } from 'tinyglobby'
import { expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { readPlainYaml } from '../../src/config/names/plain-yaml.js'

/** undefined for a text that the package finds wrong. */
function byPackage(text: string): unknown {
  const document = parseDocument(text, { schema: 'failsafe', merge: true })
  return document.errors.length + document.warnings.length > 0 ? undefined : document.toJS()
}

it.each([
  ['repos:\n  tools:\n    - owner: uDOS\n      repo: typo\n  more:\n  - repo: "a b"\n'],
  ['# first\n---\nrepos:\n\n  a: # of one\n    - { owner: uDOS, repo: typo } # here\n    - x\n'],
  ["a: 'it''s'\n'b c': [1, two, {three: 3, four: }, []]\nd: \"#\"\n"],
  ['a: b # c\nd: e#f\ng: http://h/i:j\nk: ~\nl: $' + '{A:-b}\n'],
  ['push:main:\n  - action: x\n    payload: { repo: "a, b" }\n'],
  ['a:\n-   b: 1\n    c: 2\n- - d\n  - e\n-\n  f: g\n'],
  ['a: {b: c, "d": e}\r\nf: [g,h]\r\n'],
  ['a: { b: http://c/d }\n'],
])('reads %j as the yaml package does', (text) => {
  expect(readPlainYaml(text)).toEqual(byPackage(text))
})

it.each([
  ['a: &x 1\nb: *x\n'],
  ['a: |\n  b\n'],
  ['a: b\n  c\n'],
  ['a: {b: c,\n  d: e}\n'],
  ['a: !!str 1\n'],
  ['a: "b\\n"\n'],
  ['\ta: b\n'],
  ['a: 1\na: 2\n'],
  ['a: b: c\n'],
  ['a:\n  b: c\n d: e\n'],
  ['? a\n: b\n'],
  ['- a\nb: c\n'],
  ['__proto__: a\n'],
  [''],
  ['word'],
])('leaves %j to the yaml package', (text) => {
  expect(readPlainYaml(text)).toBeUndefined()
})

it('reads every example of the configuration', () => {
  for (const file of globSync('config/*.example.yaml')) {
    const text = readFileSync(file, 'utf8')
    const plain = readPlainYaml(text)
    if (plain !== undefined) expect(plain).toEqual(byPackage(text))
    if (/repos/.test(file)) expect(plain).toBeDefined()
  }
})

it('leaves out the texts of keys that are not wanted', () => {
  const text = `a:
  - name: x
    to: "y # z"
    and: /p/q
    list: [1]
    repo: r
  - { name: y, to: z }
  - to: z
    name: v
`
  expect(readPlainYaml(text, new Set(['name', 'repo']))).toEqual({
    a: [{ name: 'x', list: ['1'], repo: 'r' }, { name: 'y', to: 'z' }, { name: 'v' }],
  })
  const quick = 'a:\n- b: "c d"\n  e: f\n- e: g\n  b: h\n- e: i\n- b: j\nk: l\n'
  expect(readPlainYaml(quick, new Set(['b']))).toEqual({
    a: [{ b: 'c d' }, { b: 'h' }, {}, { b: 'j' }],
  })
  const broken = 'a:\n  name: x\n  to: y\n  of: z\n   more\n'
  expect(readPlainYaml(broken, new Set(['name']))).toBeUndefined()
})

it('never reads what the yaml package reads otherwise', () => {
  const parts = ['a', 'b c', ':', ': ', '- ', '-', '\n', '\n  ', '\n    ', ' ', '#', ' #', '{', '}']
  parts.push('[', ']', ', ', ',', '"', "'", '*', '&', '|', '~', '$', '.', '/', '<<', '?', '1', 'é')
  let seed = 20
  const next = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }
  let read = 0
  for (let round = 0; round < 20_000; round++) {
    const text = Array.from({ length: 1 + next(14) }, () => parts[next(parts.length)]).join('')
    const plain = readPlainYaml(text)
    if (plain === undefined) continue
    read++
    expect([text, plain]).toEqual([text, byPackage(text)])
  }
  expect(read).toBeGreaterThan(100)
})

it('reads wanted texts of usual entries as the yaml package does', { tags: ['deep'] }, () => {
  let seed = 21
  const next = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }
  const lines = [
    '- a: x',
    '- b: "y z"',
    '  a: z',
    '  b: x',
    '  c: "a: b"',
    '    a: x',
    '- x',
    '# c',
  ]
  lines.push('  # c', 'd:', '  b:', '', '- { a: x, b: y }', '  a: x # c', ' b: y', '-', '  - a: z')
  let read = 0
  for (let round = 0; round < 20_000; round++) {
    const all = Array.from({ length: 1 + next(7) }, () => lines[next(lines.length)])
    const text = `k:\n${all.join('\n')}\n`
    const known = byPackage(text)
    const plain = readPlainYaml(text, new Set(['a', 'b', 'c']))
    if (plain === undefined || known === undefined) continue
    read++
    expect([text, plain]).toEqual([text, known])
  }
  expect(read).toBeGreaterThan(1000)
})
