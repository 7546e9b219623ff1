import { describe, expect, it } from 'vitest'
import { errorRules } from '../../../src/workflows/why/error-rules.js'
import { findFirstError } from '../../../src/workflows/why/first-error.js'

async function* stamped(lines: string[]) {
  for (const line of lines) yield `2026-01-14T10:00:08.1234567Z ${line}`
}
const find = (...lines: string[]) => findFirstError(stamped(lines))
/** The line of the error itself. */
const errorOf = async (...lines: string[]) => {
  const found = await find(...lines)
  return found?.lines[found.error]
}
const exit = '##[error]Process completed with exit code 1.'

/** A line as each tool writes it when something is wrong, between what it writes when nothing is. */
const logs: [tool: string, error: string, ...around: string[]][] = [
  [
    'gcc, clang, javac, swiftc, mypy',
    "main.c:12:5: error: use of undeclared identifier 'x'",
    'cc -c main.c',
  ],
  ['tsc', "src/index.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'."],
  ['tsc', "src/index.ts:3:7 - error TS2322: Type 'string' is not assignable to type 'number'."],
  ['rustc, cargo', 'error[E0382]: borrow of moved value: `s`', '   Compiling app v0.1.0'],
  ['go build', './main.go:7:2: undefined: fmt.Printl', '# example.com/app'],
  ['gcc, clang, javac, swiftc, mypy', 'src/App.java:3: error: ; expected'],
  ['maven', '[ERROR] /home/runner/work/app/src/App.java:[12,8] cannot find symbol'],
  ['msbuild, dotnet', 'Program.cs(5,13): error CS0103: The name x does not exist'],
  ['gcc, clang, javac, swiftc, mypy', "Sources/App.swift:4:9: error: cannot find 'x' in scope"],
  ['vitest, jest', ' FAIL  test/a.test.ts > adds two numbers', ' ✓ test/b.test.ts (3 tests) 4ms'],
  ['vitest, jest', 'FAIL  src/app.test.js'],
  ['vitest, jest', '  ● Calculator › adds two numbers', 'PASS src/b.test.js'],
  ['mocha', '  1) Calculator', '  3 passing (5ms)', '  1 failing'],
  ['node:test, tap', 'not ok 2 - adds two numbers', 'ok 1 - starts'],
  ['pytest', 'FAILED tests/test_a.py::test_add - assert 3 == 4', 'collected 2 items'],
  ['pytest', 'E       assert 3 == 4', '    def test_add():'],
  ['unittest', 'FAIL: test_add (tests.TestApp)'],
  ['go test', '--- FAIL: TestAdd (0.00s)', '=== RUN   TestAdd'],
  ['go test', 'panic: runtime error: index out of range [3] with length 3'],
  ['cargo test', 'test tests::adds ... FAILED', 'test tests::starts ... ok'],
  ['cargo test', "thread 'main' panicked at src/main.rs:4:5:"],
  ['rspec', 'rspec ./spec/app_spec.rb:3 # App adds two numbers', '2 examples, 1 failure'],
  ['phpunit', 'There was 1 failure:', 'PHPUnit 11.0.1 by Sebastian Bergmann'],
  ['maven surefire', '[ERROR] AppTest.adds:12 expected: <4> but was: <3> <<< FAILURE!'],
  ['gradle', '> Task :app:compileJava FAILED', '> Task :app:processResources'],
  ['playwright', '  1) [chromium] › login.spec.ts:3:5 › logs in ─────', 'Running 3 tests'],
  ['eslint', "  3:7  error  'x' is assigned a value but never used  no-unused-vars"],
  ['biome', 'src/a.ts:3:7 lint/suspicious/noDoubleEquals ━━━━━━━━━━', 'Checked 5 files in 3ms.'],
  ['ruff, flake8, shellcheck', 'app/main.py:1:1: F401 `os` imported but unused'],
  [
    'gcc, clang, javac, swiftc, mypy',
    'app/main.py:3: error: Incompatible types in assignment  [assignment]',
  ],
  ['prettier', '[warn] src/a.ts', 'Checking formatting...'],
  ['python', "ModuleNotFoundError: No module named 'requests'"],
  ['node', "Error: Cannot find module './missing.js'", 'node:internal/modules/cjs/loader:1210'],
  ['java', 'Exception in thread "main" java.lang.NullPointerException'],
  ['ruby', "app.rb:3:in `<main>': undefined local variable or method `x' (NameError)"],
  ['php', 'PHP Fatal error:  Uncaught TypeError: add(): Argument #1'],
  ['npm', 'npm error code ERESOLVE', 'npm warn deprecated glob@7.2.3'],
  ['npm', 'npm ERR! 404 Not Found - GET https://registry.npmjs.org/nope'],
  ['pnpm', ' ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with "frozen-lockfile"'],
  ['pip', 'ERROR: Could not find a version that satisfies the requirement nope'],
  ['bundler', "Could not find gem 'nope' in rubygems repository"],
  ['apt', 'E: Unable to locate package nope', 'Reading package lists...'],
  ['make', 'make: *** [Makefile:3: all] Error 2', 'make: Entering directory'],
  ['cmake', 'CMake Error at CMakeLists.txt:3 (find_package):'],
  ['gradle, maven', '* What went wrong:', '> Configure project :app'],
  ['docker build', 'ERROR: failed to solve: process "/bin/sh -c npm ci" did not complete'],
  ['docker', 'docker: Error response from daemon: manifest for nope:latest not found'],
  ['terraform', '│ Error: Unsupported argument', 'Initializing the backend...'],
  ['kubectl, helm', 'Error from server (NotFound): pods "web" not found'],
  ['git', "fatal: couldn't find remote ref refs/heads/nope", 'Cloning into app...'],
  ['ssh', 'git@github.com: Permission denied (publickey).'],
  ['curl', 'curl: (22) The requested URL returned error: 404'],
  ['sh', '/home/runner/work/_temp/1.sh: line 1: nope: command not found'],
  ['the kernel', 'Killed', 'Allocating 16 GB'],
  ['any', 'ERROR: it did not work', 'INFO: it begins'],
  ['any', 'assertion failed: left == right'],
  ['yarn', 'error An unexpected error occurred: "nope"', 'yarn install v1.22.22'],
  ['yarn', "➤ YN0035: │ nope@npm:*: Package not found, couldn't fetch"],
  ['composer', '  Problem 1', 'Loading composer repositories'],
  [
    'docker build',
    '#8 ERROR: process "/bin/sh -c make" did not complete successfully: exit code: 2',
  ],
]

describe('the words of tools', () => {
  it.each(logs)('%s: %s', async (tool, error, ...around) => {
    const quiet = [
      '##[group]Run ./check',
      './check',
      '##[endgroup]',
      'all is well so far',
      ...around,
    ]
    expect(await errorOf(...quiet, error, 'what follows', exit)).toBe(error.trimEnd())
    const rule = errorRules.find(({ pattern }) => pattern.test(error))
    expect(rule?.tool).toBe(tool)
  })

  it('are all tested', () => {
    const tested = new Set(logs.map(([tool]) => tool))
    expect(errorRules.filter(({ tool }) => !tested.has(tool))).toEqual([])
  })
})

describe('the first error', () => {
  it("is the runner's own, where it tells why", async () => {
    const words = '##[error]Unable to resolve action `nope/nope@v1`, repository not found'
    const found = await find('error: something before', 'Prepare', words, 'more', exit)
    expect(found?.lines[found.error]).toBe(words.replace('##[error]', 'Error: '))
  })

  it.each([
    exit,
    '##[error]The operation was canceled.',
    "##[error]The process '/usr/bin/git' failed with exit code 128",
  ])('is what comes before %s', async (mark) => {
    expect(await errorOf('begin', 'error: it broke', ...Array(50).fill('noise'), mark)).toBe(
      'error: it broke',
    )
  })

  it('is not what a later step says', async () => {
    expect(await errorOf('error: here', exit, 'main.c:1:1: error: cleaning up')).toBe('error: here')
  })

  it('is the end where nothing is known', async () => {
    const lines = Array.from({ length: 50 }, (_, index) => `line ${index}`)
    const found = await find(...lines, exit, 'Post job cleanup.')
    expect(found?.lines.at(-1)).toBe('Error: Process completed with exit code 1.')
    expect(found?.lines.length).toBe(20)
    expect(await find(...lines)).toMatchObject({ error: 18 })
  })

  it('has some lines before and after, and none of the marks', async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`)
    const found = await find(
      ...lines,
      'error: it broke',
      '##[endgroup]',
      '##[debug]x',
      ...lines,
      exit,
    )
    expect(found?.lines.slice(0, 8)).toEqual([...lines.slice(34), 'error: it broke', 'line 0'])
    expect(found?.lines).toHaveLength(6 + 1 + 14)
  })

  it('has no escapes, and no line without end', async () => {
    const found = await find(
      '\u001b[31merror:\u001b[0m \u001b]0;title\u0007broken',
      'x'.repeat(9000),
      exit,
    )
    expect(found?.lines[found.error]).toBe('error: broken')
    expect(found?.lines[1]?.length).toBe(500)
  })

  it('of nothing is null', async () => {
    expect(await find()).toBeNull()
  })
})
