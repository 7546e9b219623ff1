import { stripVTControlCharacters } from 'node:util'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { cut, cutMiddle, wrapCell } from '../../src/terminal/cut.js'
import type { Page } from '../../src/terminal/page.js'
import { openTerminal } from './support.js'

const report: Page = {
  kind: 'table',
  columns: [
    { title: 'REPOSITORY', cut: 'middle' },
    { title: 'STATUS', tone: (cell) => (cell === 'failed' ? 'bad' : undefined) },
    { title: 'BRANCH', cut: 'middle', spare: 2 },
    { title: 'FOLDER', cut: 'middle', spare: 1 },
    { title: 'NOTE', cut: 'wrap' },
  ],
  rows: [
    ['fleet/service-03', 'cloned', 'main', 'library/fleet/service-03', ''],
    [
      'fleet/service-with-a-long-name-10',
      'failed',
      'main',
      'library/fleet/service-with-a-long-name-10',
      'fleet/service-with-a-long-name-10 is not there, or not visible to this token',
    ],
    ['fleet/service-with-a-long-name-11', 'cloned', 'main', 'library/fleet/service-11', ''],
  ],
}

async function shownAt(columns: number, page: Page, env?: Record<string, string>) {
  const { terminal, out } = openTerminal({ noColor: true }, columns, env)
  await terminal.showPage(page)
  return out().trimEnd().split('\n')
}

describe('a table that is too wide', () => {
  it('loses its least useful column, and wraps what must be read whole', async () => {
    expect(await shownAt(80, report)).toEqual([
      'REPOSITORY                         STATUS  BRANCH  NOTE',
      'fleet/service-03                   cloned  main',
      'fleet/service-with-a-long-name-10  failed  main    fleet/service-with-a-long-nam',
      '                                                   e-10 is not there, or not',
      '                                                   visible to this token',
      'fleet/service-with-a-long-name-11  cloned  main',
    ])
  })

  it('is a list below 60 columns', async () => {
    expect(await shownAt(40, report)).toEqual([
      'fleet/service-03',
      '  status: cloned, branch: main, folder:',
      '  library/fleet/service-03',
      'fleet/service-with-a-long-name-10',
      '  status: failed, branch: main, folder:',
      '  library/fleet/service-with-a-long-name',
      '  -10, note:',
      '  fleet/service-with-a-long-name-10 is',
      '  not there, or not visible to this',
      '  token',
      'fleet/service-with-a-long-name-11',
      '  status: cloned, branch: main, folder:',
      '  library/fleet/service-11',
    ])
  })

  it('stays a table on a narrow terminal where nothing is lost', async () => {
    const page: Page = {
      kind: 'table',
      columns: [{ title: 'FIELD' }, { title: 'VALUE', cut: 'wrap' }],
      rows: [
        ['description', 'keeps dozens to thousands of repositories in step'],
        ['url', 'https://github.com/uDOS/a-repository-with-a-long-name'],
      ],
    }
    expect(await shownAt(40, page)).toEqual([
      'FIELD        VALUE',
      'description  keeps dozens to thousands',
      '             of repositories in step',
      'url          https://github.com/uDOS/a-repository-with-a-long-name',
    ])
  })

  it('cuts names in their middle, so that no two look alike', async () => {
    const names = Array.from({ length: 30 }, (_, index) => {
      const number = String(index).padStart(2, '0')
      return `a-fleet-with-a-name/that-goes-on-and-on/service-${number}-of-the-long-kind`
    })
    const page: Page = {
      kind: 'table',
      columns: [{ title: 'REPOSITORY', cut: 'middle' }, { title: 'STATE' }],
      rows: names.map((name) => [name, 'up-to-date']),
    }
    const [, ...rows] = await shownAt(62, page)
    expect(rows[3]).toBe('a-fleet-with-a-name/that…rvice-03-of-the-long-kind  up-to-date')
    expect(new Set(rows).size).toBe(30)
    expect(Math.max(...rows.map((row) => stringWidth(row)))).toBeLessThanOrEqual(62)
  })

  it('is a list where cut names would look alike', async () => {
    const names = ['x', 'y'].map((letter) => `${'a'.repeat(40)}${letter}${'b'.repeat(40)}`)
    const page: Page = {
      kind: 'table',
      columns: [{ title: 'REPOSITORY', cut: 'middle' }, { title: 'STATE' }],
      rows: names.map((name) => [name, 'behind']),
    }
    expect(await shownAt(70, page)).toContain('  state: behind')
  })

  it.each([40, 59, 60, 72, 80, 100, 120])(
    'fits %d columns, with wide letters too',
    async (columns) => {
      const rows = ['日本語のリポジトリ', 'e\u0301tude', 'plain', '👩‍👩‍👧 family'].flatMap((word) =>
        [1, 5, 9].map((times) => [
          word.repeat(times),
          'cloned',
          'main',
          word,
          `${word} `.repeat(times * 2).trim(),
        ]),
      )
      const shown = await shownAt(columns, { ...report, rows })
      expect(Math.max(...shown.map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns)
    },
  )
})

describe('cutting', () => {
  it.each([
    ['abcdef', 6, 'abcdef', 'abcdef'],
    ['abcdefg', 6, 'abcde…', 'ab…efg'],
    ['日本語です', 6, '日本…', '日…す'],
    ['ab', 1, '…', '…'],
  ])('%s to %d columns', (text, width, end, middle) => {
    expect(cut(text, width)).toBe(end)
    expect(cutMiddle(text, width, '…')).toBe(middle)
  })

  it('wraps between words, breaks long ones, and leaves addresses whole', () => {
    expect(wrapCell('a few words, averylongword', 8)).toEqual([
      'a few',
      'words,',
      'averylon',
      'gword',
    ])
    expect(wrapCell('see https://example.org/page now', 8)).toEqual([
      'see',
      'https://example.org/page',
      'now',
    ])
    expect(wrapCell('', 8)).toEqual([''])
  })
})

describe('without UTF-8', () => {
  const page: Page = {
    ...report,
    rows: [['fleet/é', 'cloned', '', '', 'a note… → there']],
    after: ['✅ done'],
  }
  it.each<[string, Record<string, string>]>([
    ['LC_ALL', { LC_ALL: 'C', LANG: 'C.UTF-8' }],
    ['LC_CTYPE', { LC_CTYPE: 'POSIX', LANG: 'C.UTF-8' }],
    ['LANG', { LANG: 'en_US.ISO-8859-1' }],
    ['no locale', {}],
    ['TERM=dumb', { TERM: 'dumb', LANG: 'C.UTF-8' }],
  ])('in the terminal (%s), marks are ASCII and names as they are', async (_why, env) => {
    expect(await shownAt(80, page, env)).toEqual([
      'REPOSITORY  STATUS  NOTE',
      'fleet/é     cloned  a note... -> there',
      'ok done',
    ])
  })

  it('a name is cut with three dots', async () => {
    const page: Page = {
      kind: 'table',
      columns: [{ title: 'REPOSITORY', cut: 'middle' }, { title: 'STATE' }],
      rows: [['a'.repeat(40) + 'b'.repeat(40), 'behind']],
    }
    const [, row] = await shownAt(62, page, { LANG: 'C' })
    expect(row).toBe(`${'a'.repeat(25)}...${'b'.repeat(26)}  behind`)
  })

  it('a pipe is UTF-8 unless the locale says otherwise', async () => {
    const shown = async (env: Record<string, string>) => {
      const { terminal, out } = openTerminal({}, undefined, env)
      await terminal.showPage({ kind: 'lines', lines: ['✅ done'] })
      return out()
    }
    expect(await shown({})).toBe('✅ done\n')
    expect(await shown({ LC_ALL: 'C' })).toBe('ok done\n')
    expect(await shown({ LANG: 'de_DE.utf8' })).toBe('✅ done\n')
  })
})

describe('links', () => {
  const link = (address: string, text: string) =>
    `\u001b]8;;${address}\u001b\\${text}\u001b]8;;\u001b\\`
  const page = (address: string): Page => ({
    kind: 'table',
    columns: [{ title: 'RUN' }, { title: 'STATE' }],
    rows: [[{ text: '1057', link: address }, 'success']],
    after: ['see https://example.org/a?b=c, and (https://example.org/d).'],
  })
  const address = 'https://github.com/uDOS/core/actions/runs/1057'
  const shown = async (env: Record<string, string>, of = address, columns: number | null = 80) => {
    const { terminal, out } = openTerminal({ noColor: true }, columns ?? undefined, {
      LANG: 'C.UTF-8',
      ...env,
    })
    await terminal.showPage(page(of))
    return out()
  }

  it.each<[string, Record<string, string>]>([
    ['iTerm2', { TERM_PROGRAM: 'iTerm.app' }],
    ['WezTerm', { TERM_PROGRAM: 'WezTerm' }],
    ['kitty', { TERM: 'xterm-kitty' }],
    ['VTE 0.50', { VTE_VERSION: '5002' }],
    ['Windows Terminal', { WT_SESSION: '1' }],
    ['FORCE_HYPERLINK', { FORCE_HYPERLINK: '1' }],
  ])('names and addresses are links in %s', async (_terminal, env) => {
    const text = await shown(env)
    expect(text).toContain(`\n${link(address, '1057')}  success\n`)
    expect(text).toContain(
      `see ${link('https://example.org/a?b=c', 'https://example.org/a?b=c')}, and`,
    )
    expect(text).toContain(`(${link('https://example.org/d', 'https://example.org/d')}).`)
    expect(stripVTControlCharacters(text)).toBe(await shown({}))
  })

  it.each<[string, Record<string, string>]>([
    ['an unknown terminal', { TERM: 'xterm-256color' }],
    ['VTE 0.48', { VTE_VERSION: '4800' }],
    ['tmux within VTE', { VTE_VERSION: '6800', TMUX: '/tmp/tmux,1,0' }],
    ['TERM=dumb', { WT_SESSION: '1', TERM: 'dumb' }],
    ['FORCE_HYPERLINK=0', { WT_SESSION: '1', FORCE_HYPERLINK: '0' }],
  ])('there are none in %s', async (_terminal, env) => {
    expect(await shown(env)).not.toContain('\u001b]8')
  })

  it('there are none on a pipe, nor to anything but the web', async () => {
    expect(await shown({ WT_SESSION: '1' }, address, null)).not.toContain('\u001b')
    for (const bad of [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'https://a/\u001b\\x',
      'https://a b',
    ])
      expect(await shown({ WT_SESSION: '1' }, bad)).toContain('\n1057  success\n')
  })

  it('an address with a secret is no link', async () => {
    expect(await shown({ WT_SESSION: '1' }, 'https://example.org/sesame')).toContain(
      '\n1057  success\n',
    )
  })
})
