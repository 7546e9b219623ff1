import { oneLine } from '../../base/text.js'
import type { Invocation } from '../../invocation.js'
import type { InputsQuestion } from '../../workflows/dispatch/dispatch.js'
import { type WorkflowInput, wrongInput } from '../../workflows/dispatch/inputs.js'

/**
 * Asks somebody at a terminal for the inputs of a workflow, as its file describes them; Enter takes
 * the default. undefined: nobody can be asked, or nobody wants to be.
 */
export function inputsQuestion({ terminal }: Invocation): InputsQuestion | undefined {
  if (!terminal.canAsk) return undefined
  return async (workflow, inputs) => {
    const names = Object.keys(inputs)
    if (names.length === 0) return {}
    const what = names.length === 1 ? 'an input' : `${names.length} inputs`
    terminal.note(`${workflow} takes ${what}; Enter takes the default in brackets`)
    const given: Record<string, string> = {}
    for (const [name, input] of Object.entries(inputs)) {
      const answer = await askOne(terminal, name, input)
      // Without an answer, GitHub takes the default.
      if (answer !== '') given[name] = answer
    }
    return given
  }
}

async function askOne(
  terminal: Invocation['terminal'],
  name: string,
  input: WorkflowInput,
): Promise<string> {
  const { description, required, type, options, default: usual } = input
  if (description) terminal.note(`  ${oneLine(description, 200)}`)
  const known = type === 'boolean' ? ['true', 'false'] : options
  const choices = known.length > 0 ? ` (${known.map((one) => oneLine(one, 60)).join('|')})` : ''
  const shown = usual === null ? (required ? '' : ' []') : ` [${oneLine(usual, 60)}]`
  for (;;) {
    const answer = await terminal.ask(`${oneLine(name, 100)}${choices}${shown}:`)
    if (answer === '' && (!required || usual !== null)) return ''
    const wrong = answer === '' ? null : wrongInput(name, input, answer)
    if (answer !== '' && wrong === null) return answer
    terminal.note(wrong?.message ?? `${oneLine(name, 100)} is required`)
  }
}
