import { type CrontabText, fromBytes } from './edit.js'
import type { CrontabBlock } from './lines.js'

const shells = /(?:^|\/)(?:sh|bash|dash|ash|ksh|zsh)$/

/**
 * What stands above the block holds for it: lines that make it run otherwise than it says. MAILTO is meant so.
 */
export function inheritedAt(text: CrontabText, { begin }: Pick<CrontabBlock, 'begin'>): string[] {
  const lines = fromBytes(text).split(/\r?\n/)
  const at = lines.indexOf(begin)
  const above = at === -1 ? lines : lines.slice(0, at)
  const settings = new Map<string, { value: string; line: number }>()
  for (const [index, line] of above.entries()) {
    const [, name, value] = /^\s*["']?(\w+)["']?\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (name === undefined || value === undefined) continue
    settings.set(name, { value: value.replaceAll(/^["']|["']$/g, ''), line: index + 1 })
  }
  const warnings: string[] = []
  const tell = (name: string, consequence: string) => {
    const { value, line } = settings.get(name) ?? { value: '', line: 0 }
    warnings.push(`line ${line} of the crontab sets ${name}=${value}, so ${consequence}`)
  }
  if (settings.has('CRON_TZ')) tell('CRON_TZ', 'runs begin by that clock')
  if (settings.has('TZ')) tell('TZ', 'what is due is judged by that clock')
  const shell = settings.get('SHELL')
  if (shell && !shells.test(shell.value)) tell('SHELL', 'it, and not sh, runs the command')
  return warnings
}
