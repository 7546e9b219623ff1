import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { hasTool } from '../support/tools.js'
import { executable } from '../support/wizard.js'

/** What a shell would do with these if it did not quote them. */
const hostile = [
  '$(touch pwned)',
  '`touch pwned`',
  ';touch pwned',
  "it's",
  'a "b"',
  'x!y',
  '~z',
  '*',
]
/** They would move the cursor, or be two candidates. */
const unseen = ['esc\u001b]0;x\u0007', 'two\nlines', 'tab\there', 'turn\u202eed', '-rf']

let home: string
let env: Record<string, string>
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'wizard-complete-'))
  for (const folder of ['bin', 'config', 'folder', 'zsh']) mkdirSync(join(home, folder))
  const shim = join(home, 'bin/wizard')
  writeFileSync(shim, `#!/bin/sh\nexec '${process.execPath}' '${executable}' "$@"\n`)
  chmodSync(shim, 0o755)
  const groups = ['tools', 'my group', ...hostile, ...unseen]
  const repos = Object.fromEntries(groups.map((name, at) => [name, [{ repo: `uDOS/typo-${at}` }]]))
  writeFileSync(join(home, 'config/repos.yaml'), stringify({ repos }))
  const components = { core: { repo: 'uDOS/uDOS', workflows: { tests: 'tests.yml' } } }
  writeFileSync(join(home, 'config/components.yaml'), stringify({ components }))
  writeFileSync(join(home, 'file.txt'), '')
  const workflows = join(home, 'library/tools/typo-0/.github/workflows')
  mkdirSync(workflows, { recursive: true })
  const inputs = { version: { type: 'string' }, level: { type: 'choice', options: ['low'] } }
  writeFileSync(join(workflows, 'ci.yml'), stringify({ on: { workflow_dispatch: { inputs } } }))
  env = {
    PATH: `${join(home, 'bin')}:${process.env.PATH}`,
    HOME: home,
    TERM: 'xterm',
    LC_ALL: 'C.UTF-8',
  }
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const { stdout } = spawnSync('wizard', ['COMPLETION', shell], { env })
    writeFileSync(join(home, shell === 'zsh' ? 'zsh/_wizard' : `wizard.${shell}`), stdout)
  }
})
afterAll(() => rmSync(home, { recursive: true }))

const shell = (file: string, ...args: string[]) => {
  const { stdout, stderr } = spawnSync(file, args, { cwd: home, env, encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.trimEnd().split('\n').filter(Boolean)
}

const nothingRan = () => expect(readdirSync(home)).not.toContain('pwned')

/** Types keys at an interactive shell's own terminal, and reads what it shows until it ends. */
async function typed(command: string, keys: string): Promise<string> {
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: home,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  const shown = text(child.stdout)
  const tooLong = setTimeout(() => child.kill('SIGKILL'), 60_000)
  child.stdin.write(keys)
  await closed
  clearTimeout(tooLong)
  child.stdin.end()
  return shown
}

/** Completes a line with Tab, then has the shell itself say what words it holds. */
const toWords = (line: string) => `${line}\t\u0001printf '<%s>' \r`

const wordsIn = (shown: string): string[] =>
  [...shown.matchAll(/<wizard>((?:<[^\r\n]*?>)*)\s*\r?/g)].map(([, words = '']) => words)

describe.runIf(hasTool('bash'))('bash', { tags: ['deep'] }, () => {
  const complete = (words: string[], line = '') => {
    const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
    const script = `source wizard.bash; COMP_WORDS=(wizard ${quoted}); COMP_CWORD=${words.length}
      COMP_LINE=$1; COMP_POINT=\${#1}; $(complete -p wizard | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
      printf '%s\\n' "\${COMPREPLY[@]}"`
    return shell('bash', '--norc', '-uc', script, 'bash', line)
  }

  it.each([
    [['re'], ['repo', 'release']],
    [['RE'], ['REPO', 'RELEASE']],
    [['Rep'], ['Repo']],
    [
      ['repo', 'pull'],
      ['pull-all', 'pull'],
    ],
    [['repo', 'PULL_'], ['PULL_ALL']],
    [['repo', 'sync', '--dr'], ['--dry-run']],
    [['--js'], ['--json']],
    [['--quiet', 'doc'], ['doctor']],
    [['repo', 'sync', 'TOO'], ['tools']],
    [
      ['repo', 'sync', 'udos/typo-1'],
      [
        'uDOS/typo-1',
        'uDOS/typo-10',
        'uDOS/typo-11',
        'uDOS/typo-12',
        'uDOS/typo-13',
        'uDOS/typo-14',
      ],
    ],
    [['workflow', 'run', 'core/'], ['core/tests']],
    [['workflow', 'run', 'typo-0/'], ['typo-0/ci.yml']],
    [['workflow', 'run', 'udos/typo-0/'], ['uDOS/typo-0/ci.yml']],
    [['workflow', 'run', 'typo-0/ci', 'v'], ['version=']],
    [['workflow', 'run', 'typo-0/ci', 'version', '=', '1', 'le'], ['level=low']],
    [['workflow', 'run', 'typo-0/ci', 'level', '=', 'l'], ['low']],
    [['help', 'exit'], ['exit-codes']],
    [['schedule', 'print', '--format', 'k'], ['kubernetes']],
    [['schedule', 'print', '--format', '=', 'k'], ['kubernetes']],
    [['--config', 'fi'], ['file.txt']],
    [['--config', '=', 'fi'], ['file.txt']],
    [['--root', 'fo'], ['folder']],
    [['webhook', 'receive', 'file'], ['file.txt']],
    [['repo', 'sync', '--', '--dr'], []],
    [['nope', 'x'], []],
  ])('%j', (words, expected) => {
    expect(complete(words)).toEqual(expected)
    const line = `wizard ${words.join(' ').replace(' = ', '=')}`
    expect(complete(words, line)).toEqual(expected)
  })

  it('Tab inserts names that nothing expands', { tags: ['deep'] }, async () => {
    const lines = ['sync my', "sync 'my", 'sync "my', 'sync \\$', 'sync \\`', 'sync "it']
    lines.push(
      'sync x',
      'sync \\~',
      'sync a',
      'sync --shard 1/2 too',
      "sync '$(",
      'sync \\;',
      'sync \\!too',
    )
    const inputs = toWords('wizard workflow run typo-0/ci ver\t1 lev')
    const keys = [...lines.map((line) => toWords(`wizard repo ${line}`)), inputs].join('')
    const shown = await typed('bash --norc --noprofile -i', `source wizard.bash\r${keys}exit\r`)
    const sync = (...words: string[]) => `<repo><sync>${words.map((word) => `<${word}>`).join('')}`
    expect(wordsIn(shown)).toEqual([
      ...[sync('my group'), sync('my group'), sync('my group'), sync('$(touch pwned)')],
      ...[sync('`touch pwned`'), sync("it's"), sync('x!y'), sync('~z'), sync('a "b"')],
      ...[
        sync('--shard', '1/2', 'tools'),
        sync('$(touch pwned)'),
        sync(';touch pwned'),
        sync('!tools'),
      ],
      '<workflow><run><typo-0/ci><version=1><level=low>',
    ])
    nothingRan()
  })
})

describe.runIf(hasTool('zsh'))('zsh', { tags: ['deep'] }, () => {
  const start = 'fpath=(zsh $fpath); autoload -Uz compinit; compinit -D -u; unsetopt prompt_sp\r'

  it('Tab completes, and inserts names that nothing expands', { tags: ['deep'] }, async () => {
    const lines = ['rel', 'REL', 'repo pull-', 'repo PULL_', 'repo sync --dr', 'repo sync MY']
    lines.push('repo sync \\$', 'repo sync \\`', 'repo sync x', 'repo sync \\~', 'repo sync it')
    lines.push(
      'workflow run cor',
      '--config fi',
      '--config=fi',
      '--root fo',
      'schedule print --format=k',
      'workflow run typo-0/ci ver\t1 lev',
    )
    const keys = lines.map((line) => toWords(`wizard ${line}`)).join('')
    const shown = await typed('zsh -f -i', `${start}${keys}exit\r`)
    expect(wordsIn(shown)).toEqual([
      ...['<release>', '<RELEASE>', '<repo><pull-all>', '<repo><PULL_ALL>'],
      ...['<repo><sync><--dry-run>', '<repo><sync><my group>', '<repo><sync><$(touch pwned)>'],
      ...['<repo><sync><`touch pwned`>', '<repo><sync><x!y>', '<repo><sync><~z>'],
      ...["<repo><sync><it's>", '<workflow><run><core/tests>', '<--config><file.txt>'],
      ...['<--config=file.txt>', '<--root><folder>', '<schedule><print><--format=kubernetes>'],
      '<workflow><run><typo-0/ci><version=1><level=low>',
    ])
    nothingRan()
  })

  it('shows what each candidate is', { tags: ['deep'] }, async () => {
    const shown = await typed('zsh -f -i', `${start}wizard repo cl\t\t\u0001: \rexit\r`)
    expect(shown).toContain('clone-all  -- clone what is missing; never pull')
  })
})

describe.runIf(hasTool('fish'))('fish', { tags: ['deep'] }, () => {
  const complete = (line: string) =>
    shell('fish', '--no-config', '-c', 'source wizard.fish; complete -C $argv[1]', line)
  const values = (line: string) => complete(line).map((one) => one.split('\t')[0])

  it.each([
    ['wizard rel', ['release\tbuild, sign, upload and publish releases; write their notes']],
    ['wizard REL', ['RELEASE\tbuild, sign, upload and publish releases; write their notes']],
    ['wizard repo sync --dr', ['--dry-run\tshow what would be done, and do nothing']],
    ['wizard repo sync tool', ['tools\tgroup of 1 repository']],
    ['wizard repo sync !tool', ['!tools\tgroup of 1 repository']],
    ['wizard workflow run cor', ['core/tests\tof uDOS/uDOS']],
    ['wizard workflow run typo-0/ci ver', ['version=\t']],
    ['wizard schedule print --format=k', ['--format=kubernetes\t']],
  ])('%j', (line, expected) => {
    expect(complete(line).map((one) => (one.includes('\t') ? one : `${one}\t`))).toEqual(expected)
  })

  it('completes files and folders itself', () => {
    expect(values('wizard --config fi')).toEqual(['file.txt'])
    expect(values('wizard --config=fi')).toEqual(['--config=file.txt'])
    expect(values('wizard --root fo')).toEqual(['folder/'])
  })

  it('keeps names whole, and runs nothing', () => {
    const found = values('wizard repo sync ')
    expect(found).toEqual(expect.arrayContaining(['my group', ...hostile]))
    expect(found.filter((value) => unseen.includes(value ?? ''))).toEqual([])
    nothingRan()
  })
})

describe('wizard COMPLETION --words', () => {
  it('loads nothing that runs a command, and no YAML where nothing has changed', () => {
    const list = `process.on('exit', () => console.error(Object.keys(Module._cache).join('\\n')))`
    const watch = `data:text/javascript,${encodeURIComponent(`import Module from 'node:module';${list}`)}`
    const dir = join(home, 'plain')
    mkdirSync(dir)
    writeFileSync(join(dir, 'repos.yaml'), 'repos:\n  tools:\n    - repo: uDOS/typo\n')
    const words = ['COMPLETION', '--words', 'fish', '--config', dir, 'repo', 'sync', 'too']
    const tab = () =>
      spawnSync(process.execPath, ['--import', watch, executable, ...words], {
        cwd: home,
        env,
        encoding: 'utf8',
      })
    for (const loaded of [/chunks.(?:sync|run|client)-/, /chunks.(?:config|sync|run|client)-/]) {
      const { stdout, stderr } = tab()
      expect(stdout).toContain('tools')
      expect(stderr).toMatch(/chunks.answer/)
      expect(stderr).not.toMatch(loaded)
    }
  })

  it('prints nothing of the cache that a terminal would obey', () => {
    const dir = join(home, 'cached')
    mkdirSync(dir)
    writeFileSync(join(dir, 'repos.yaml'), 'repos:\n  tools:\n    - repo: uDOS/typo\n')
    const cache = { ...env, XDG_CACHE_HOME: join(home, 'cache') }
    const words = ['COMPLETION', '--words', 'fish', '--config', dir, 'repo', 'sync', 't']
    const tab = () => spawnSync('wizard', words, { cwd: home, env: cache, encoding: 'utf8' }).stdout
    expect(tab()).toContain('typo')
    const [file = ''] = readdirSync(join(home, 'cache/wizard')).filter((name) =>
      /^names/.test(name),
    )
    const path = join(home, 'cache/wizard', file)
    const kept = readFileSync(path, 'utf8').replace('uDOS/typo', 'u\\u001b]0;x/two')
    writeFileSync(path, kept.replace('"tools"', '"t\\u001b[2J"'))
    const shown = tab()
    expect(shown).toContain('two')
    expect(shown).not.toContain('\u001b')
  })

  it('never fails: a broken configuration has no targets', { tags: ['deep'] }, () => {
    const dir = join(home, 'broken')
    mkdirSync(dir)
    writeFileSync(join(dir, 'repos.yaml'), 'repos: [1\n  &')
    const ask = (...words: string[]) =>
      spawnSync('wizard', ['COMPLETION', '--words', 'fish', ...words], {
        cwd: home,
        env,
        encoding: 'utf8',
      })
    const broken = ask('--config', dir, 'repo', 'sync', '')
    expect([broken.status, broken.stdout, broken.stderr]).toEqual([
      0,
      expect.stringMatching(/^words\n/),
      '',
    ])
    expect(broken.stdout).not.toContain('typo')
    expect(ask('--config', 'repo')).toMatchObject({ status: 0, stderr: '' })
    expect(ask()).toMatchObject({ status: 0, stderr: '' })
  })
})
