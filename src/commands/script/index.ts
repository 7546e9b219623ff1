import { defineVerb } from '../verb.js'
import { runScript, scriptFlags, scriptOutput } from './run.js'

const script = defineVerb({
  name: '',
  summary: 'run many commands in one process',
  examples: [
    { command: 'wizard SCRIPT nightly.ucode', does: 'one command on each line, # for comments' },
    { command: 'wizard SCRIPT - --dry-run', does: 'from standard input; shows what would run' },
    { command: 'wizard SCRIPT nightly.ucode --keep-going --json', does: 'all of them, as data' },
  ],
  args: [{ name: 'file', summary: 'the script; -: standard input' }],
  flags: scriptFlags,
  run: (invocation, [file = ''], flags) => runScript(invocation, file, flags),
  ...scriptOutput,
})

export const verbs = [script]
