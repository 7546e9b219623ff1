import { resolve } from 'node:path'
import { UsageError } from '../../base/errors.js'
import type { Invocation } from '../../invocation.js'
import { lines } from '../../terminal/page.js'
import { defineVerb } from '../verb.js'

export const init = defineVerb({
  name: 'init',
  summary: 'write a first configuration; existing files are kept',
  examples: [
    { command: 'wizard CONFIG INIT', does: 'asks for what it needs; writes config/ here' },
    {
      command: 'wizard CONFIG INIT --owner uDOS --from uDOS',
      does: 'all repositories of an organization, for scripts',
    },
    {
      command: 'wizard CONFIG INIT --from uDOS --each',
      does: 'its current repositories, one by one',
    },
    { command: 'wizard CONFIG INIT --single', does: 'one file here, wizard.config.yaml' },
    { command: 'wizard CONFIG INIT --config ~/.config/wizard', does: 'in another folder' },
  ],
  args: [],
  flags: {
    owner: { type: 'text', value: 'O', summary: 'the default owner' },
    from: {
      type: 'text',
      value: 'ORG',
      summary: 'an organization or user whose repositories are kept in sync',
    },
    single: { type: 'boolean', summary: 'one file, wizard.config.yaml, in place of a folder' },
    each: {
      type: 'boolean',
      summary: 'ask GitHub for the repositories of --from, and list each one',
    },
  },
  async run(invocation, _args, { owner, from, each, single }) {
    if (each && from === undefined) throw new UsageError('--each needs --from')
    const asked = await answersOf(invocation, { owner, from })
    const repositories = each && from !== undefined ? await namesOf(invocation, from) : []
    const dir = resolve(invocation.cwd, invocation.globals.config ?? (single ? '.' : 'config'))
    const { initConfig } = await import('../../config/init.js')
    return initConfig({ dir, single, ...asked, repositories })
  },
  render: ({ files }, { globals }) =>
    globals.quiet
      ? { kind: 'nothing' }
      : lines(
          ...files.map(
            ({ file, status }) =>
              `${file} ${status === 'kept' ? 'already exists, kept' : 'written'}`,
          ),
          'Next: wizard DOCTOR, then wizard REPO ADD owner/repo or wizard REPO SYNC --dry-run',
        ),
  partialFailure: ({ missing: [first, ...others] }) => {
    if (first === undefined) return null
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`
    return {
      code: 'CONFLICT',
      message: `${first.file} already exists and was kept, without ${first.what}${more}`,
      hint: 'add it by hand, or name another folder with --config',
    }
  },
})

interface Given {
  owner: string | undefined
  from: string | undefined
}

/** On a terminal, asks for missing values; an empty answer is fine. */
async function answersOf({ terminal, globals }: Invocation, { owner, from }: Given) {
  const isSilent = owner === undefined && from === undefined && !terminal.canAsk
  if (isSilent && !globals.yes) {
    throw new UsageError('the default owner is unknown, and this is not a terminal', {
      hint: 'give --owner or --from, or --yes to write files without either',
    })
  }
  const asked =
    owner ?? (await terminal.ask('Default owner (an organization or user; Enter for none):'))
  const source =
    from ??
    (await terminal.ask(
      'Keep in step all repositories of (an organization or user; Enter for none):',
    ))
  return { owner: asked || null, from: source || null }
}

async function namesOf(invocation: Invocation, from: string): Promise<string[]> {
  const found = await (await invocation.github()).listRepositories(from)
  if (found.length === 0) throw new UsageError(`this token sees no repositories of ${from}`)
  return found.filter(({ archived }) => !archived).map(({ full_name }) => full_name)
}
