/** What a line of a log says. */
export interface ErrorRule {
  /** The tool that writes such lines. */
  tool: string
  pattern: RegExp
}

/**
 * Lines of common tools that say what went wrong, the most telling first: of two lines of one log the
 * one whose rule is further up is shown, and of one rule the first line.
 */
export const errorRules: readonly ErrorRule[] = [
  // Compilers and type checkers: `file:line:column: error …`.
  { tool: 'gcc, clang, javac, swiftc, mypy', pattern: /^\S+:\d+:(?:\d+:)? (?:fatal )?error: / },
  { tool: 'tsc', pattern: /^\S+\(\d+,\d+\): error TS\d+: |^\S+:\d+:\d+ - error TS\d+: / },
  { tool: 'rustc, cargo', pattern: /^error\[E\d+\]: |^error: could not compile / },
  { tool: 'go build', pattern: /^(?:\.\/)?[\w./-]+\.go:\d+:\d+: (?!warning)/ },
  { tool: 'msbuild, dotnet', pattern: /\(\d+,\d+\): error [A-Z]+\d+: / },
  { tool: 'maven', pattern: /^\[ERROR\] \S+\.\w+:\[\d+,\d+\]/ },
  // Test runners.
  { tool: 'vitest, jest', pattern: /^\s*(?:FAIL|×|✗|✕) {1,2}\S|^ {2}● .+ › / },
  { tool: 'node:test, tap', pattern: /^\s*not ok \d+/ },
  { tool: 'pytest', pattern: /^(?:FAILED|ERROR) \S+::\S|^E\s{3,}\S/ },
  { tool: 'unittest', pattern: /^(?:FAIL|ERROR): \w+ \(/ },
  { tool: 'go test', pattern: /^\s*--- FAIL: |^panic: / },
  { tool: 'cargo test', pattern: /^test .* \.\.\. FAILED$|^thread '.*' panicked at / },
  { tool: 'rspec', pattern: /^rspec \.\/\S+:\d+ # / },
  { tool: 'phpunit', pattern: /^There (?:was|were) \d+ (?:failure|error)s?:/ },
  {
    tool: 'maven surefire',
    pattern: /^\[ERROR\] .*(?:<<< (?:FAILURE|ERROR)!|Tests run:.*(?:Failures|Errors): [1-9])/,
  },
  { tool: 'gradle', pattern: /^> Task \S+ FAILED|^\S+ > \S.* FAILED$/ },
  { tool: 'playwright', pattern: /^\s+\d+\) \[[\w -]+\] › / },
  { tool: 'mocha', pattern: /^ {2}\d+\) \S/ },
  // Linters.
  { tool: 'eslint', pattern: /^\s+\d+:\d+\s+error\s/ },
  { tool: 'biome', pattern: /^\S+:\d+:\d+ (?:lint|parse|format|assist)\/?\S* ━/ },
  { tool: 'ruff, flake8, shellcheck', pattern: /^\S+:\d+:\d+: [A-Z]{1,4}\d{2,5} / },
  { tool: 'prettier', pattern: /^\[(?:warn|error)\] (?!Code style)\S+\.\w+$/ },
  // Uncaught exceptions.
  { tool: 'python', pattern: /^[\w.]+(?:Error|Exception)(?:: |$)/ },
  { tool: 'node', pattern: /^(?:Uncaught )?\w*Error(?: \[\w+\])?: / },
  { tool: 'java', pattern: /^(?:Exception in thread|Caused by: )/ },
  { tool: 'ruby', pattern: /^\S+\.rb:\d+:in .*\(\w+(?:::\w+)*\)$/ },
  { tool: 'php', pattern: /^PHP (?:Fatal|Parse) error: / },
  { tool: 'kubectl, helm', pattern: /^Error from server|^Error: (?:INSTALLATION|UPGRADE) FAILED/ },
  // Package managers and build tools.
  {
    tool: 'npm',
    pattern: /^npm (?:error|ERR!) (?!A complete log|code ELIFECYCLE|Lifecycle script)/,
  },
  { tool: 'pnpm', pattern: /^\s?ERR_PNPM_\w+/ },
  { tool: 'yarn', pattern: /^➤ YN\d{4}: .*(?:error|failed|couldn't)|^error (?!Command failed)\S/ },
  { tool: 'pip', pattern: /^ERROR: (?:Could not|No matching|Cannot|Failed)/ },
  { tool: 'bundler', pattern: /^(?:Could not find gem|Bundler could not find)/ },
  { tool: 'composer', pattern: /^\s+Problem \d+$/ },
  { tool: 'apt', pattern: /^E: / },
  { tool: 'make', pattern: /^make(?:\[\d+\])?: \*\*\* / },
  { tool: 'cmake', pattern: /^CMake Error/ },
  { tool: 'gradle, maven', pattern: /^(?:\* What went wrong:|\[ERROR\] Failed to execute goal)/ },
  { tool: 'docker build', pattern: /^#\d+ ERROR: |^ERROR: failed to (?:solve|build)/ },
  {
    tool: 'docker',
    pattern: /^(?:docker: )?Error response from daemon: |^manifest for .* not found/,
  },
  { tool: 'terraform', pattern: /^[│╷]?\s*Error: / },
  { tool: 'git', pattern: /^fatal: |^error: failed to push some refs/ },
  { tool: 'ssh', pattern: /^(?:.*: )?Permission denied \(publickey/ },
  { tool: 'curl', pattern: /^curl: \(\d+\) / },
  // Shells and the system.
  {
    tool: 'sh',
    pattern: /: (?:command not found|No such file or directory|Permission denied|not found)$/,
  },
  {
    tool: 'the kernel',
    pattern: /\b(?:Segmentation fault|Killed|Out of memory|No space left on device)\b/,
  },
  // Words that many use.
  { tool: 'any', pattern: /^\s*(?:\[?(?:ERROR|FATAL)\]?|Error|error|Fatal|fatal)\b\s*[:\]-]/ },
  {
    tool: 'any',
    pattern: /\b(?:AssertionError|assertion failed|Traceback \(most recent call last\))\b/i,
  },
]
