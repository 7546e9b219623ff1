import { InterruptedError } from '../../base/errors.js'
import type { Invocation } from '../../invocation.js'
import { readLine } from '../script/read.js'
import { runScript, type ScriptResult, scriptFlags, scriptOutput } from '../script/run.js'
import { defineVerb } from '../verb.js'
import { openHistory } from './history.js'
import { readPrompt } from './prompt.js'

const shell = defineVerb({
  name: '',
  summary: 'type commands at a prompt, with history and completion',
  examples: [
    { command: 'wizard SHELL', does: 'a prompt; EXIT or Ctrl-D ends it' },
    { command: 'wizard SHELL < nightly.ucode', does: 'off a terminal: as SCRIPT - does' },
  ],
  args: [],
  flags: scriptFlags,
  async run(invocation, _args, flags): Promise<ScriptResult> {
    const { terminal, globals } = invocation
    if (!terminal.canPrompt || globals.json || flags['dry-run']) {
      return runScript(invocation, '-', flags, isEnd)
    }
    await runPrompts(invocation)
    return { name: 'shell', commands: [], isDry: false }
  },
  ...scriptOutput,
})

export const verbs = [shell]

const isEnd = (line: string) => /^\s*(exit|quit)\s*$/i.test(line)

/** Runs what is typed until EXIT or Ctrl-D. A failed command does not end it. */
async function runPrompts(invocation: Invocation): Promise<void> {
  const { terminal, signal } = invocation
  const history = await openHistory(invocation)
  terminal.note('HELP explains, Tab completes, EXIT or Ctrl-D ends.')
  for (;;) {
    const line = await readPrompt(invocation, history)
    if (line === null || isEnd(line)) return
    await history.add(line)
    try {
      const command = await readLine(invocation, line, ['shell'])
      if (command !== null) await runOne(invocation, command.argv)
    } catch (error) {
      terminal.showError(error)
    }
    signal.throwIfAborted()
  }
}

/** Ctrl-C ends the command, not the shell. */
async function runOne(invocation: Invocation, argv: string[]): Promise<void> {
  const stop = new AbortController()
  const leave = invocation.onInterrupt(() => stop.abort(new InterruptedError('SIGINT')))
  try {
    await invocation.runThrough(argv, AbortSignal.any([stop.signal, invocation.signal]))
  } finally {
    leave()
  }
}
