import { readdir, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { reportError, reportInWords } from '../../src/base/error-report.js'
import { ConflictError, withHint } from '../../src/base/errors.js'
import { formatHint, type Hint, joinHints } from '../../src/base/hint.js'
import { commandLineWords } from '../../src/commands/hints.js'

const cases: [name: string, hint: Hint, command: string, library: string][] = [
  ['a text', 'run it again', 'run it again', 'run it again'],
  [
    'an option',
    ['wait until it ends, or give ', { flag: 'lock-wait' }, ' more seconds'],
    'wait until it ends, or give --lock-wait more seconds',
    'wait until it ends, or give lockWait more seconds',
  ],
  [
    'an option with a value',
    ['allow more with ', { flag: 'max-size', value: 'BYTES' }],
    'allow more with --max-size BYTES',
    'allow more with maxSize',
  ],
  [
    'a command with a target and flags',
    [{ verb: ['WORKFLOW', 'WATCH'], target: 'uDOS/core', flags: { commit: 'a1b2', quiet: true } }],
    'wizard WORKFLOW WATCH uDOS/core --commit a1b2 --quiet',
    'wizard WORKFLOW WATCH uDOS/core --commit a1b2 --quiet',
  ],
  [
    'a command without the name of the program',
    ['ask its author; ', { verb: ['PLUGIN', 'REMOVE'], target: 'micro', brief: true }],
    'ask its author; PLUGIN REMOVE micro',
    'ask its author; PLUGIN REMOVE micro',
  ],
]

test.each(cases)('%s, for the command line and for the library', (_, hint, command, library) => {
  expect(formatHint(hint, commandLineWords)).toBe(command)
  expect(formatHint(hint)).toBe(library)
  expect(new ConflictError('in use', { hint }).hint).toBe(library)
})

describe('a remedy that is added', () => {
  it('follows the one before', () => {
    expect(joinHints('first', 'then')).toBe('first; then')
    expect(formatHint(joinHints(['give ', { flag: 'max' }], 'then'))).toBe('give max; then')
    expect(joinHints(undefined, 'then')).toBe('then')
  })

  it('keeps its data in the report of the error', () => {
    const error = withHint(new ConflictError('in use', { hint: 'wait' }), [{ flag: 'lock-wait' }])
    const report = reportError(error)
    expect(report.hint).toBe('wait; lockWait')
    expect(reportInWords(report, commandLineWords)).toEqual({
      code: 'CONFLICT',
      message: 'in use',
      hint: 'wait; --lock-wait',
    })
  })

  it('tells no secret', () => {
    const target = 'https://me:secret@github.com/uDOS/core'
    const { hint, remedy } = reportError(
      new ConflictError('in use', { hint: ['see ', { verb: ['REPO', 'VIEW'], target }] }),
    )
    expect(`${hint} ${JSON.stringify(remedy)}`).not.toContain('secret')
  })
})

/**
 * Other hints: texts of files that wizard writes, command lines of other programs, sources of
 * settings.
 */
const exceptions: Record<string, RegExp> = {
  'src/config/init.ts': /# /,
  'src/config/locate/folder.ts': /by: '--config'/,
  'src/config/schema/components.ts': /is due for/,
  'src/config/schema/github.ts': /ROOT|gh auth token/,
  'src/config/schema/repos.ts': /is due for/,
  'src/config/settings/settings.ts': /name: '--root'/,
  'src/git/plumbing/config/config-file.ts': /git config --list/,
  'src/git/lfs/batch.ts': /git config --list|git lfs push/,
  'src/git/lfs/settings.ts': /'--skip'|git config --list/,
  'src/git/plumbing/index/index-file.ts': /git update-index/,
  'src/git/porcelain/submodules/init.ts': /git config --get-all/,
  'src/git/porcelain/submodules/module.ts': /git --git-dir/,
  'src/github/auth/gh.ts': /execFile\('gh'/,
  'src/plugins/install/install.ts': /underPluginLock/,
  'src/repos/prune.ts': /more than --max/,
  'src/schedules/command.ts': /'--/,
  'src/schedules/cron/lines.ts': /repo sync --due|written by SCHEDULE INSTALL/,
  'src/schedules/formats/github-actions.ts': /npx --yes/,
  'src/webhooks/runs/command-line.ts': /[`']--/,
  'src/schedules/formats/kubernetes.ts': /npx --yes|kubectl|--shard from 1/,
}

const noun = '(?:REPO|WORKFLOW|TEST|RELEASE|PLUGIN|SCHEDULE|CONFIG|LOG|API|AUTH|WEBHOOK)'
const words = new RegExp(`wizard [A-Z]{2}|(?<![\\w-])--[a-z$]|hint.*\\b${noun} [A-Z]{2}`)

describe('core', () => {
  it('names no command and no flag: remedies are data, and words are made in commands/', async () => {
    const src = resolve(import.meta.dirname, '../../src')
    const found: string[] = []
    const unused = new Set(Object.keys(exceptions))
    for (const path of await readdir(src, { recursive: true })) {
      const file = `src/${path}`
      const isCore = path.includes('/') && !/^(?:commands|terminal)\//.test(path)
      if (!isCore || !path.endsWith('.ts') || path === 'base/hint.ts') continue
      const code = (await readFile(`${src}/${path}`, 'utf8')).replace(/\/\*[\s\S]*?\*\//g, '')
      for (const line of code.split('\n')) {
        if (!words.test(line) || /^\s*\/\//.test(line)) continue
        if (exceptions[file]?.test(line.trimStart())) unused.delete(file)
        else found.push(`${file}: ${line.trim()}`)
      }
    }
    expect(found).toEqual([])
    expect([...unused]).toEqual([])
  })
})
