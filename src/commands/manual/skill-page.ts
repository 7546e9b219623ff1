import { type Noun, titleOf } from '../verb.js'
import { usageOf } from './help.js'
import { topics } from './topics.js'

/** SKILL.md: on a page, how a program that reads and writes text uses wizard well. */
export async function skillPage(nouns: Noun[]): Promise<string> {
  const verbs = await Promise.all(
    nouns.map(async (noun) =>
      (await noun.load()).map(
        (verb) => `- \`${`${titleOf(noun, verb)} ${usageOf(verb)}`.trimEnd()}\`: ${verb.summary}`,
      ),
    ),
  )
  return `${[...introduction, ...verbs.flat(), '', ...exitStatuses()].join('\n').trimEnd()}\n`
}

const introduction = [
  '---',
  'name: wizard',
  'description: Keep many GitHub repositories in sync without losing local work, run Actions workflows and wait for them, publish releases, install plugins and receive webhooks, from the command line.',
  '---',
  '',
  '# wizard',
  '',
  '`wizard NOUN VERB [TARGET…] [--flags]`, in any case. Made by `npm run verbs`.',
  '',
  '## Rules',
  '',
  '- Add `--json`: one document on stdout, whatever the exit status. The error is the last line on stderr:',
  '  `{"error":{"code":…,"message":…,"hint":…}}`. The hint says what to type next.',
  '- [docs/json.md](docs/json.md) has the type of each document.',
  '- Nothing asks a question off a terminal. A verb that would ask is exit 2 until you add `--yes`; look at `--dry-run` first.',
  '- `--quiet` prints nothing on success except the result. `--timeout S` bounds a command (exit 7).',
  '- Any command can be run again after any failure.',
  '- The token comes from GITHUB_TOKEN or from `gh`. Never write it into a command.',
  '- A `blocked` repository has local work that a pull would overwrite. Report it; do not delete the work.',
  '- `wizard NOUN VERB --help` has examples first; `wizard --help --json` is all help as data.',
  '- Many commands: write them into a file, one on each line, and run `wizard SCRIPT FILE --json`.',
  '',
  '## Verbs',
  '',
]

/** As `HELP exit-codes` has them. */
function exitStatuses(): string[] {
  const parts = topics.find(({ name }) => name === 'exit-codes')?.parts ?? []
  const rows = parts.flatMap((part) => (typeof part === 'string' ? [] : part))
  return ['## Exit statuses', '', ...rows.map(([status, means]) => `- ${status}: ${means}`)]
}
