import { expect, test } from 'vitest'
import { changeOf } from '../../../src/releases/notes/change.js'
import { type NotesPage, notesMarkdown } from '../../../src/releases/notes/markdown.js'
import { peopleOf, personOf } from '../../../src/releases/notes/people.js'

const page = 'https://host/o/r'
const link = `**Full changelog**: ${page}/compare/v1...v2`
const noreply = (login: string) => `1+${login}@users.noreply.github.com`

/**
 * Each message has its own author, newest first; a message that begins with `Merge` has two
 * parents.
 */
function notes(messages: string[], rest: Partial<NotesPage> = {}): NotesPage {
  const changes = messages.map((message, index) =>
    changeOf(
      {
        oid: `${index}`.padStart(40, '0'),
        parents: message.startsWith('Merge') ? ['p', 'q'] : ['p'],
        time: 0,
        author: personOf({ name: `N${index}`, email: noreply(`user${index}`) }),
        message,
      },
      null,
    ),
  )
  return {
    page,
    ends: { tag: 'v2', isPlanned: false, previous: 'v1' },
    head: 'c'.repeat(40),
    changes,
    people: new Map(changes.map((change) => [change, peopleOf(change.commit)])),
    newcomers: new Map(),
    ...rest,
  }
}

/** Without the links to commits, which every line has. */
const lines = (markdown: string) =>
  markdown.replaceAll(/ \(\[0{7}\]\([^)]*\)\)|\[0{7}\]\([^)]*\)/g, '').split('\n')

test('groups stand in their order, whatever the order of commits', () => {
  const shown = notesMarkdown(notes(['Other', 'perf: p', 'fix: f', 'feat(s): n', 'feat!: b']))
  expect(lines(shown)).toEqual([
    ...['## Breaking changes', '', '- b by @user4', ''],
    ...['## Features', '', '- **s:** n by @user3', ''],
    ...['## Fixes', '', '- f by @user2', ''],
    ...['## Performance', '', '- p by @user1', ''],
    ...['## Others', '', '- Other by @user0', ''],
    ...[link, ''],
  ])
})

test('merges are counted, not dropped', () => {
  expect(lines(notesMarkdown(notes(['Merge a', 'fix: f', 'Merge b'])))).toEqual([
    ...['## Fixes', '', '- f by @user1', '', '… and 2 merge commits.', '', link, ''],
  ])
  expect(lines(notesMarkdown(notes(['Merge a'])))).toEqual(['Only 1 merge commit.', '', link, ''])
})

test('what was taken back says so, and stays', () => {
  const oid = '1'.padStart(40, '0')
  const shown = notesMarkdown(
    notes([`Revert "feat: n"\n\nThis reverts commit ${oid}.`, 'feat: n', 'Revert "x"']),
  )
  expect(shown).toContain(`by @user1, reverted by [0000000](${page}/commit/${'0'.repeat(40)})\n`)
  expect(lines(shown)).toContain('- Revert "feat: n" by @user0')
  expect(lines(shown)).toContain('- Revert "x" by @user2')
})

test('nothing, and the first release', () => {
  expect(lines(notesMarkdown(notes([])))).toEqual(['Nothing has changed since v1.', '', link, ''])
  const first = notes(['fix: f'], { ends: { tag: null, isPlanned: false, previous: null } })
  expect(notesMarkdown(first)).toMatch(`\n**Full changelog**: ${page}/commits/${'c'.repeat(40)}\n`)
})

test('what there is no room for is cut at a line, counted, and the link is last', () => {
  const changes = notes(Array.from({ length: 2000 }, (_, index) => `fix: number ${index}`))
  for (const longest of [124_500, 40_000, 1000]) {
    const shown = notesMarkdown(changes, longest)
    expect(shown.length).toBeLessThanOrEqual(longest)
    expect(shown.length).toBeGreaterThan(longest - 200)
    const kept = shown.split('\n').filter((line) => /^- number \d+ \(.*\) by @user\d+$/.test(line))
    const end = `\n\n… and ${2000 - kept.length} more: follow the link.\n\n${link}\n`
    expect(shown.endsWith(end), shown.slice(-300)).toBe(true)
  }
})
