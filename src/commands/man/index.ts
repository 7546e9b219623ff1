import { UsageError } from '../../base/errors.js'
import { oneLine } from '../../base/text.js'
import { lines } from '../../terminal/page.js'
import { readCommand } from '../grammar.js'
import { defineVerb, type Noun } from '../verb.js'

/** A noun without a verb, which shows the pages of all nouns. */
export const verbsOf = (nouns: Noun[]) => [
  defineVerb({
    name: '',
    summary: 'show the manual page of wizard, a noun, a verb or a topic',
    examples: [
      { command: 'wizard MAN', does: 'all of wizard' },
      { command: 'wizard MAN REPO SYNC', does: 'one verb' },
      { command: 'wizard MAN exit-codes', does: 'a topic of HELP' },
      {
        command: 'wizard MAN REPO > ~/.local/share/man/man1/wizard-repo.1',
        does: 'install a page, for man wizard-repo',
      },
    ],
    args: [
      {
        name: 'noun',
        summary: 'a noun, or a topic of HELP; default: all of wizard',
        optional: true,
      },
      { name: 'verb', summary: "one of the noun's verbs", optional: true, variadic: true },
    ],
    flags: {},
    async run({ terminal, globals }, words) {
      const command = await readCommand(nouns, ['help', ...words])
      if (command.kind !== 'help')
        throw new UsageError(`no manual page ${oneLine(words.join(' '), 60)}`)
      const { helpText, manualPage } = await import('../manual/index.js')
      const page = await manualPage(nouns, command)
      const isViewed = !globals.json && (await terminal.viewManual(page))
      return { page, text: isViewed ? [] : await helpText(nouns, command), isViewed }
    },
    json: ({ page }) => ({ page }),
    render({ page, text, isViewed }, { terminal }) {
      if (isViewed) return { kind: 'nothing' }
      return terminal.out.isTerminal ? lines(...text) : { kind: 'bytes', bytes: Buffer.from(page) }
    },
  }),
]
