import { UsageError } from '../../base/errors.js'
import { didYouMean, oneLine } from '../../base/text.js'
import { defineVerb } from '../verb.js'
import { scripts, shells } from './scripts.js'

/** A noun without a verb. */
const completion = defineVerb({
  name: '',
  summary: 'print a script that completes commands in bash, zsh or fish',
  examples: [
    {
      command: 'wizard COMPLETION bash > ~/.local/share/bash-completion/completions/wizard',
      does: 'for bash with the package bash-completion',
    },
    {
      command: "echo 'source <(wizard COMPLETION bash)' >> ~/.bashrc",
      does: 'for bash without it',
    },
    {
      command: 'wizard COMPLETION zsh > ~/.zsh/completions/_wizard',
      does: 'for zsh; in ~/.zshrc: fpath+=~/.zsh/completions; autoload -U compinit; compinit',
    },
    {
      command: 'wizard COMPLETION fish > ~/.config/fish/completions/wizard.fish',
      does: 'for fish',
    },
  ],
  args: [{ name: 'shell', summary: shells.join(', '), choices: shells }],
  flags: {},
  async run(_invocation, [word = '']) {
    const shell = shells.find((one) => one === word.toLowerCase())
    if (shell === undefined) {
      throw new UsageError(`COMPLETION knows no shell ${oneLine(word, 60)}`, {
        hint: didYouMean(word, shells) ?? `one of ${shells.join(', ')}`,
      })
    }
    return { shell, script: scripts[shell] }
  },
  render: ({ script }) => ({ kind: 'bytes', bytes: Buffer.from(script) }),
})

export const verbs = [completion]
