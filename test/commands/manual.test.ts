import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerShell } from '../../src/commands/completion/answer.js'
import { globalFlags } from '../../src/commands/flags.js'
import { nouns } from '../../src/commands/index.js'
import { manOfAll, manOfNoun, manOfTopic, manOfVerb } from '../../src/commands/manual/man-page.js'
import { literal, paragraph, roffPage, termList } from '../../src/commands/manual/roff.js'
import { skillPage } from '../../src/commands/manual/skill-page.js'
import { topics } from '../../src/commands/manual/topics.js'
import { verbsPage } from '../../src/commands/manual/verbs-page.js'
import { hasTool } from '../support/tools.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'

let work: Workspace
beforeAll(async () => {
  work = await openWorkspace()
})
afterAll(() => work.close())

const verbsOfAll = async () =>
  (
    await Promise.all(
      nouns.map(async (noun) => (await noun.load()).map((verb) => ({ noun, verb }))),
    )
  ).flat()

/** Every page by its name. */
async function pages(): Promise<Map<string, string>> {
  const found = new Map([['wizard', manOfAll(nouns)]])
  for (const noun of nouns) found.set(noun.name, manOfNoun(noun, await noun.load()))
  for (const { noun, verb } of await verbsOfAll())
    found.set(`${noun.name} ${verb.name}`, manOfVerb(noun, verb))
  for (const topic of topics) found.set(topic.name, manOfTopic(topic))
  return found
}

const formatted = (page: string) =>
  spawnSync('mandoc', ['-Tascii', '-O', 'width=200'], { input: page, encoding: 'utf8' })
    // Bold is a letter printed twice.
    .stdout.replaceAll(new RegExp(`.${'\u0008'}`, 'g'), '')

describe.runIf(hasTool('mandoc', '-Tlint', '/dev/null'))('mandoc', () => {
  it('finds nothing in any page', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wizard-man-'))
    const all = [...(await pages())]
    for (const [name, page] of all) writeFileSync(join(folder, name), page)
    const files = all.map(([name]) => name)
    const lint = spawnSync('mandoc', ['-Tlint', '-W', 'warning', ...files], {
      cwd: folder,
      encoding: 'utf8',
    })
    rmSync(folder, { recursive: true })
    expect([files.length > 60, lint.status, lint.stdout]).toEqual([true, 0, ''])
  })

  it('shows every character of a text as it is', () => {
    const hostile = String.raw`.SH '\fBx\fR' "a" \" b ^ ~ - -- ${'`'}c${'`'} \n(zz \*(xx`
    const body = [...paragraph(hostile), ...termList([[hostile, hostile]]), ...literal(hostile)]
    const page = roffPage({ name: 'x', section: 1, summary: 'y', version: '1', body })
    expect(formatted(page).split(hostile).length).toBe(5)
  })
})

describe('wizard MAN', () => {
  it.each([
    [[], /^\.TH WIZARD 1 /],
    [['repo'], /^\.TH WIZARD-REPO 1 /],
    [['REPO', 'pull', 'all'], /^\.TH WIZARD-REPO-PULL-ALL 1 /],
    [['DOCTOR'], /^\.TH WIZARD-DOCTOR 1 /],
    [['exit_codes'], /^\.TH WIZARD-EXIT-CODES 7 /],
  ])('%j is roff on a pipe', async (words, start) => {
    const { status, out, err } = await work.run(['man', ...words])
    expect([status, err]).toEqual([0, ''])
    expect(out).toMatch(start)
  })

  it('of an unknown noun or verb is an error', async () => {
    expect((await work.run(['MAN', 'rpo'])).err).toMatch(/unknown noun rpo\nhint: .*REPO/)
    expect((await work.run(['MAN', 'REPO', 'snyc'])).err).toMatch(/unknown verb REPO snyc/)
    expect((await work.run(['MAN', 'REPO', 'snyc'])).status).toBe(2)
  })

  it('on a terminal without man(1) is the help text', async () => {
    const { status, out } = await work.run(['MAN', 'REPO', 'SYNC'], { columns: 80 })
    expect(status).toBe(0)
    expect(out).toMatch(/^Examples:\r?\n {2}wizard REPO SYNC/)
  })
})

describe('one table', () => {
  it('makes docs/verbs.md: npm run verbs writes it', async () => {
    expect(readFileSync('docs/verbs.md', 'utf8')).toBe(await verbsPage(nouns))
  })

  it('makes SKILL.md', async () => {
    expect(readFileSync('SKILL.md', 'utf8')).toBe(await skillPage(nouns))
  })

  it('gives the same nouns, verbs and flags to help, JSON, man, completion and docs/verbs.md', async () => {
    const document = (await work.run(['help', '--json'])).json as HelpDocument
    const page = await verbsPage(nouns)
    const all = await work.run(['--help'])
    for (const { noun, verb } of await verbsOfAll()) {
      const [NOUN, VERB] = [noun.name.toUpperCase(), verb.name.toUpperCase()]
      const title = `${NOUN} ${VERB}`.trimEnd()
      const flags = Object.keys(verb.flags).map((name) => `--${name}`)
      expect(all.out).toMatch(new RegExp(`^ {2}${NOUN} `, 'm'))

      const described = document.nouns
        .find(({ name }) => name === NOUN)
        ?.verbs.find(({ name }) => name === VERB)
      expect(described?.flags.map(({ name }) => name)).toEqual(flags)

      const help = (await work.run(['help', ...title.split(' ')])).out
      const man = manOfVerb(noun, verb)
        .replaceAll('\\-', '-')
        .replaceAll(/\\f[BR]/g, ' ')
      const section = sectionOf(page, title)
      for (const flag of [...flags, ...Object.keys(globalFlags).map((name) => `--${name}`)]) {
        expect([title, help]).toEqual([title, expect.stringMatching(flagPattern(flag))])
        expect([title, man]).toEqual([title, expect.stringMatching(flagPattern(flag))])
      }
      for (const flag of flags)
        expect([title, section]).toEqual([title, expect.stringMatching(flagPattern(flag))])

      if (VERB !== '') expect(await completed(NOUN, '')).toContain(VERB)
      const flagsAfter = await completed(...title.split(' '), '--')
      expect(flagsAfter.toSorted()).toEqual(
        [...flags, ...Object.keys(globalFlags).map((name) => `--${name}`), '--help'].toSorted(),
      )
    }
    expect((await completed('')).toSorted()).toEqual(
      [...nouns.map(({ name }) => name.toUpperCase()), 'HELP'].toSorted(),
    )
  })
})

interface HelpDocument {
  nouns: { name: string; verbs: { name: string; flags: { name: string }[] }[] }[]
}

const flagPattern = (flag: string) => new RegExp(`(?<![\\w-])${flag}(?![\\w-])`)

const sectionOf = (page: string, title: string): string =>
  page.split(/^(?=##)/m).find((part) => new RegExp(`^###? ${title}(?: |\\n)`).test(part)) ?? ''

async function completed(...words: string[]): Promise<string[]> {
  const asker = { env: {}, home: '/nowhere', cwd: () => '/', cacheFolder: () => null }
  const [first, ...lines] = (await answerShell(['fish', ...words], asker)).trimEnd().split('\n')
  expect(first).toBe('words')
  return lines.map((line) => line.split('\t')[0] ?? '')
}
