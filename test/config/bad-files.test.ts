// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of YAML, not of JavaScript
import { chmod, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConfigError, exitStatus, PathError } from '../../src/base/errors.js'
import { loadConfig } from '../../src/config/load.js'
import type { ConfigFileName } from '../../src/config/locate/folder.js'
import { findProblems } from '../../src/config/validate.js'
import { failure, makeProject } from './support.js'

/** A file, its content, and the message after `config/FILE.yaml:`. */
type Bad = [name: ConfigFileName, content: string | Buffer, message: string, hint?: string]

const entry = (line: string) => `repos:\n  t:\n    - repo: o/x\n      ${line}`

const bomb = ['a: &a0 [x, x, x, x, x, x, x, x, x, x]']
for (let i = 0; i < 6; i++) bomb.push(`b${i}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`)

const bad: Bad[] = [
  ['repos', '', '1:1: the file is empty'],
  ['repos', '# only a comment\n', '1:1: the file is empty'],
  ['repos', '---\n', '1:1: the file is empty'],
  ['repos', 'repos:\n', '1:7: repos: expected a map, got nothing'],
  ['repos', 'repos:\n  tools:\n', '2:9: repos.tools: expected a list, got nothing'],
  ['repos', 'repos: {\n', '2:1: a "}" or "]" is missing, or its lines are not indented enough'],
  [
    'repos',
    'repos:\n  tools:\n    - owner: uDOS\n      re',
    '4:7: expected ":" and a value after the key',
  ],
  [
    'repos',
    'repos:\n  tools:\n    - owner: uDOS\n      repo:',
    '4:12: repos.tools[0].repo: expected repo: NAME or OWNER/NAME, or from: OWNER, got nothing',
  ],
  [
    'repos',
    'repos:\n  tools:\n    - owner: uDOS\n',
    '3:7: repos.tools[0].repo: missing; expected repo: NAME or OWNER/NAME, or from: OWNER',
  ],
  ['repos', 'repos:\n  tools:\n    - ', '3:7: repos.tools[0]: expected a map, got nothing'],
  ['repos', 'repos:\n  tools:\n    - repo: "o/x\n', '4:1: an unclosed quote'],
  [
    'repos',
    Buffer.from('repos: {}\n', 'utf16le'),
    '1:2: the file is not UTF-8',
    'save it as UTF-8',
  ],
  ['repos', 'repos: []\n', '1:8: repos: expected a map'],
  ['repos', '- repo: o/x\n', '1:1: expected a map'],
  ['repos', 'just text\n', '1:1: expected a map'],
  ['repos', entry('brnach: main\n'), '4:7: repos.t[0].brnach: unknown key; did you mean "branch"?'],
  [
    'repos',
    entry('zzz: 1\n'),
    '4:7: repos.t[0].zzz: unknown key; expected one of owner, repo, destination, branch, auto_pull, pull_schedule, depth, lfs, submodules, on_diverged, from',
  ],
  ...['abc', '1.4 or so', '>=1.4'].map(
    (version): Bad => [
      'plugins',
      `plugins: { udos_version: "${version}" }\n`,
      `1:26: plugins.udos_version: expected a version, such as 1.4.0, got "${version}"`,
    ],
  ),
  ['repos', 'repo:\n  t: []\n', '1:1: repo: unknown key; did you mean "repos"?'],
  [
    'repos',
    entry('branch: 1.10\n'),
    '4:15: repos.t[0].branch: expected text, got 1.10; put it in quotes',
  ],
  [
    'repos',
    entry('branch: a..b\n'),
    '4:15: repos.t[0].branch: expected a branch, a tag or a full commit id, without refs/heads/, got a..b',
  ],
  [
    'repos',
    entry('branch: refs/heads/main\n'),
    '4:15: repos.t[0].branch: expected a branch, a tag or a full commit id, without refs/heads/, got refs/heads/main',
  ],
  [
    'repos',
    entry('branch: "-x"\n'),
    '4:15: repos.t[0].branch: expected a branch, a tag or a full commit id, without refs/heads/, got "-x"',
  ],
  ['repos', entry('branch:\n'), '4:14: repos.t[0].branch: expected text, got nothing'],
  [
    'repos',
    entry('auto_pull: yes\n'),
    '4:18: repos.t[0].auto_pull: expected true or false, got yes',
  ],
  ['repos', entry('depth: 0\n'), '4:14: repos.t[0].depth: expected at least 1, got 0'],
  ['repos', entry('depth: 1.5\n'), '4:14: repos.t[0].depth: expected a whole number, got 1.5'],
  ['repos', entry('depth: many\n'), '4:14: repos.t[0].depth: expected a number, got many'],
  [
    'repos',
    entry('on_diverged: bakcup\n'),
    '4:20: repos.t[0].on_diverged: expected block or backup, got bakcup; did you mean "backup"?',
  ],
  [
    'repos',
    entry('pull_schedule: "61 * * * *"\n'),
    '4:22: repos.t[0].pull_schedule: expected a cron expression of five fields, such as "0 0 * * *", that is due at some time, got "61 * * * *"',
  ],
  [
    'repos',
    entry('pull_schedule: "0 0 31 2 *"\n'),
    '4:22: repos.t[0].pull_schedule: expected a cron expression of five fields, such as "0 0 * * *", that is due at some time, got "0 0 31 2 *"',
  ],
  [
    'repos',
    entry('pull_schedule: "* * * * * *"\n'),
    '4:22: repos.t[0].pull_schedule: expected a cron expression of five fields, such as "0 0 * * *", that is due at some time, got "* * * * * *"',
  ],
  [
    'repos',
    entry('pull_schedule: every day\n'),
    '4:22: repos.t[0].pull_schedule: expected a cron expression of five fields, such as "0 0 * * *", that is due at some time, got every day',
  ],
  [
    'repos',
    entry('pull_schedule: "0 0 L * *"\n'),
    '4:22: repos.t[0].pull_schedule: expected a cron expression of five fields, such as "0 0 * * *", that is due at some time, got "0 0 L * *"',
  ],
  ['repos', entry('destination: ../x\n'), '4:20: repos.t[0].destination: ../x is outside ROOT'],
  [
    'repos',
    entry('destination: /a/../../x\n'),
    '4:20: repos.t[0].destination: /a/../../x is outside ROOT',
  ],
  [
    'repos',
    entry('destination: /\n'),
    '4:20: repos.t[0].destination: / is ROOT itself; expected a folder in it',
  ],
  [
    'repos',
    entry('destination: /a/.git/hooks\n'),
    '4:20: repos.t[0].destination: /a/.git/hooks leads into a .git folder',
  ],
  [
    'repos',
    entry('destination: .wizard/x\n'),
    '4:20: repos.t[0].destination: .wizard/x leads into a .wizard folder',
  ],
  [
    'repos',
    entry('destination: /{name}\n'),
    '4:20: repos.t[0].destination: {name} is unknown; expected {owner}, {repo} or {group}',
  ],
  [
    'repos',
    entry('destination: "a\\0b"\n'),
    '4:20: repos.t[0].destination: the path contains a control character',
  ],
  [
    'repos',
    'repos:\n  t:\n    - repo: x\n',
    '3:13: repos.t[0].repo: has no owner; expected OWNER/NAME, or an owner beside it, or github.owner',
  ],
  [
    'repos',
    'repos:\n  t:\n    - repo: ../x\n',
    '3:13: repos.t[0].repo: expected repo: NAME or OWNER/NAME, or from: OWNER, got ../x',
  ],
  [
    'repos',
    'repos:\n  t:\n    - repo: x.git\n      owner: o\n',
    '3:13: repos.t[0].repo: expected repo: NAME or OWNER/NAME, or from: OWNER, got x.git',
  ],
  [
    'repos',
    'repos:\n  t:\n    - {owner: o, repo: p/x}\n',
    '3:24: repos.t[0].repo: expected NAME, because owner is set beside it',
  ],
  [
    'repos',
    'repos:\n  t:\n    - {owner: -o, repo: x}\n',
    '3:15: repos.t[0].owner: expected an organization or user: letters, digits and hyphens, got -o',
  ],
  [
    'repos',
    'repos:\n  t:\n    - https://github.com/o/x\n',
    '3:7: repos.t[0]: expected a map, got https://github.com/o/x',
  ],
  [
    'repos',
    'repos:\n  t:\n    - {from: o, repo: x}\n',
    '3:14: repos.t[0].from: expected either repo or from in an entry, not both, got o',
  ],
  [
    'repos',
    'repos:\n  t:\n    - {from: o, match: x}\n',
    '3:24: repos.t[0].match: expected a list, got x',
  ],
  [
    'repos',
    'repos:\n  t:\n    - {from: o, destination: /a}\n',
    '3:30: repos.t[0].destination: expected {repo} in it, because each repository needs its own folder',
  ],
  [
    'repos',
    'repos:\n  t:\n    - {from: o, mach: [x]}\n',
    '3:17: repos.t[0].mach: unknown key; did you mean "match"?',
  ],
  [
    'repos',
    'repos:\n  t:\n    - {from: o, visibility: hidden}\n',
    '3:29: repos.t[0].visibility: expected one of public, private, internal, got hidden',
  ],
  [
    'repos',
    'repos:\n  t:\n    - {from: o, destination: "/../{repo}"}\n',
    '3:30: repos.t[0].destination: /../x is outside ROOT',
  ],
  [
    'repos',
    'repos:\n  ../t: []\n',
    '2:3: repos["../t"]: expected the name of a group, which must be a valid folder name: no "/" in it, no "." or "-" at its start',
  ],
  ['repos', 'repos:\n  __proto__: []\n', '2:3: repos: expected a name as key'],
  ['repos', 'repos:\n  ? [a]\n  : []\n', '2:5: repos: expected a name as key'],
  [
    'repos',
    'repos:\n  t:\n    - {repo: o/x, destination: /a}\n    - {repo: o/y, destination: /a}\n',
    '4:32: repos.t[1].destination: ROOT/a is the same folder as the destination of repos.t[0] in line 3',
  ],
  [
    'repos',
    'repos:\n  t:\n    - {repo: o/x, destination: /a/b}\n  u:\n    - {repo: o/y, destination: a}\n',
    '5:32: repos.u[0].destination: ROOT/a contains the destination of repos.t[0] in line 3',
  ],
  [
    'repos',
    'repos:\n  t:\n    - {repo: o/x}\n    - {repo: O/x, destination: library//t/./x/}\n',
    '4:32: repos.t[1].destination: ROOT/library/t/x is the same folder as the destination of repos.t[0] in line 3',
  ],
  ['repos', 'repos:\n  t: []\n  t: []\n', '3:3: "t" appears twice'],
  ['repos', 'repos:\n  t: []\n---\nrepos: {}\n', '3:1: a second document begins; expected one'],
  ['repos', 'repos:\n\tt: []\n', '2:1: a tab; expected spaces for indentation'],
  ['repos', 'repos:\n  t: *nothing\n', '2:6: repos.t: no anchor "&nothing" before it'],
  ['repos', 'repos: &a\n  t: *a\n', '2:6: repos.t: "*a" contains itself'],
  ['repos', 'repos: !!js/function x\n', '1:8: a tag; expected none'],
  ['repos', 'repos: !!set {x}\n', '1:14: repos: a tag; expected none'],
  [
    'repos',
    'repos:\n  t:\n    - <<: 3\n      repo: o/x\n',
    '3:11: repos.t[0]["<<"]: expected an alias of a map, or a list of them',
  ],
  ['repos', entry('branch: ${NOPE}\n'), '4:15: repos.t[0].branch: the variable NOPE is not set'],
  [
    'repos',
    entry('branch: ${NOPE\n'),
    `4:15: repos.t[0].branch: "\${" without a name, followed by "}" or ":-"; write "$$" for a plain "$"`,
  ],
  [
    'repos',
    entry('branch: ${1X}\n'),
    `4:15: repos.t[0].branch: "\${" without a name, followed by "}" or ":-"; write "$$" for a plain "$"`,
  ],
  [
    'repos',
    entry('depth: ${MANY:-many}\n'),
    '4:14: repos.t[0].depth: expected a number, got ${MANY:-many}',
  ],
  ['github', 'github:\n  tokn: x\n', '2:3: github.tokn: unknown key; did you mean "token"?'],
  ['github', 'github:\n  concurrency: 0\n', '2:16: github.concurrency: expected at least 1, got 0'],
  [
    'github',
    'github:\n  concurrency: 1000\n',
    '2:16: github.concurrency: expected at most 100, got 1000',
  ],
  [
    'github',
    'github:\n  concurrency: eight\n',
    '2:16: github.concurrency: expected a number, got eight',
  ],
  ['github', 'github:\n  timeout: -1\n', '2:12: github.timeout: expected more than 0, got -1'],
  ['github', 'github:\n  timeout: .inf\n', '2:12: github.timeout: expected a number, got .inf'],
  ['github', 'github:\n  timeout: "30"\n', '2:12: github.timeout: expected a number, got "30"'],
  [
    'github',
    'github:\n  retry_attempts: 1.5\n',
    '2:19: github.retry_attempts: expected a whole number, got 1.5',
  ],
  ['github', 'github:\n  token: [secret-token]\n', '2:10: github.token: expected text'],
  [
    'github',
    'github:\n  token: "two words"\n',
    '2:10: github.token: expected a token, without blanks in it',
  ],
  [
    'github',
    'github:\n  token: x\n  app: { id: 1, private_key: k.pem, installation: 2 }\n',
    '3:8: github.app: expected either a token or an app, not both',
  ],
  ['github', 'github:\n  app: { id: 1 }\n', '2:3: github.app.private_key: missing; expected text'],
  [
    'github',
    'github:\n  base_url: http://github.example\n',
    '2:13: github.base_url: expected an https:// address without credentials and query (http:// only on this machine)',
  ],
  [
    'github',
    'github:\n  base_url: https://user:secret@github.example\n',
    '2:13: github.base_url: expected an https:// address without credentials and query (http:// only on this machine)',
  ],
  [
    'github',
    'github:\n  base_url: github.example\n',
    '2:13: github.base_url: expected an https:// address without credentials and query (http:// only on this machine)',
  ],
  [
    'github',
    'github:\n  proxy: socks5://localhost:1\n',
    '2:10: github.proxy: expected the address of a proxy, http://HOST:PORT',
  ],
  [
    'github',
    'github:\n  owner: ${NOPE:-a/b}\n',
    '2:10: github.owner: expected an organization or user: letters, digits and hyphens, got ${NOPE:-a/b}',
  ],
  ['github', 'github:\n', '1:8: github: expected a map, got nothing'],
  [
    'github',
    'root: ~/x\n',
    '1:7: root: expected a path without ~, because no shell expands it here, got ~/x',
  ],
  ['github', 'logs: ../logs\n', '1:7: logs: ../logs is outside ROOT'],
  [
    'github',
    'git: { engine: libgit2 }\n',
    '1:16: git.engine: expected wizard or isomorphic-git, got libgit2',
  ],
  ['github', 'git: { motor: wizard }\n', '1:8: git.motor: unknown key; expected engine'],
  ['github', 'logs_keep_days: 0\n', '1:17: logs_keep_days: expected at least 1, got 0'],
  ['github', 'Github:\n  owner: x\n', '1:1: Github: unknown key; did you mean "github"?'],
  ['github', 'github: {owner: x}\nroot:\n', '2:6: root: expected text, got nothing'],
  [
    'components',
    'components:\n  core: {}\n',
    '2:3: components.core.repo: missing; expected a repository: NAME or OWNER/NAME',
  ],
  [
    'components',
    'components:\n  core:\n    repo: x\n',
    '3:11: components.core.repo: has no owner; expected OWNER/NAME, or github.owner',
  ],
  [
    'components',
    'components:\n  core:\n    repo: o/x\n    tag: "1.0"\n',
    '4:10: components.core.tag: expected {version} in it, got "1.0"',
  ],
  [
    'components',
    'components:\n  core:\n    repo: o/x\n    tag: "v {version}"\n',
    '4:10: components.core.tag: expected a valid tag name, got "v {version}"',
  ],
  [
    'components',
    'components:\n  core:\n    repo: o/x\n    path: ../x\n',
    '4:11: components.core.path: expected a relative path with "/", without ".." in it, got ../x',
  ],
  [
    'components',
    'components:\n  core:\n    repo: o/x\n    workflows:\n      nightly: { file: n.yml, run_schedule: 0 0 30 2 * }\n',
    '5:45: components.core.workflows.nightly.run_schedule: expected a cron expression of five fields, such as "0 0 * * *", that is due at some time, got 0 0 30 2 *',
  ],
  [
    'components',
    'components:\n  core:\n    repo: o/x\n    workflows:\n      nightly: { file: n.yml, run_schedule: "0 2 * * *", timezone: Europe/Berln }\n',
    '5:68: components.core.workflows.nightly.timezone: expected a time zone, such as Europe/Berlin or UTC, got Europe/Berln',
  ],
  [
    'components',
    'components:\n  core:\n    repo: o/x\n    workflows:\n      nightly: { file: n.yml, run_schedule: "0 2 * * *", timezone: Europe/berlin }\n',
    '5:68: components.core.workflows.nightly.timezone: expected a time zone, such as Europe/Berlin or UTC, got Europe/berlin',
  ],
  [
    'components',
    'components:\n  core:\n    repo: o/x\n    workflows:\n      nightly: { file: n.yml, run_schedule: "0 2 * * *", timezone: "+01:00" }\n',
    '5:68: components.core.workflows.nightly.timezone: expected a time zone, such as Europe/Berlin or UTC, got "+01:00"',
  ],
  [
    'components',
    'components:\n  core:\n    repo: o/x\n    workflows:\n      nightly: { file: n.yml, timezone: UTC }\n',
    '5:41: components.core.workflows.nightly.timezone: has no run_schedule beside it, so it means nothing',
  ],
  [
    'components',
    'components:\n  core:\n    repo: o/x\n    workflows:\n      nightly: { file: n.yml, schedule: "0 2 * * *" }\n',
    '5:31: components.core.workflows.nightly.schedule: unknown key; expected one of file, ref, inputs, run_schedule, timezone',
  ],
  [
    'components',
    'components:\n  core:\n    repo: o/x\n    workflows:\n      nightly: { ref: main }\n',
    '5:7: components.core.workflows.nightly.file: missing; expected text',
  ],
  [
    'components',
    'components:\n  core:\n    repo: o/x\n    workflows:\n      nightly: { file: n.yml, inputs: { a: [b] } }\n',
    '5:44: components.core.workflows.nightly.inputs.a: expected text or a number or true or false',
  ],
  [
    'components',
    'components:\n  core:\n    repo: o/x\n    release: { artifact: [x] }\n',
    '4:16: components.core.release.artifact: unknown key; did you mean "artifacts"?',
  ],
  [
    'components',
    'components:\n  core:\n    repo: o/x\n    release: { checksums: yes }\n',
    '4:27: components.core.release.checksums: expected true or false or a map, got yes',
  ],
  [
    'components',
    'components:\n  core:\n    repo: o/x\n    release: { checksums: { sha1: X } }\n',
    '4:29: components.core.release.checksums.sha1: unknown key; expected one of sha256, md5',
  ],
  [
    'components',
    'components:\n  core:\n    repo: o/x\n    release: { sign: { cmd: gpg } }\n',
    '4:16: components.core.release.sign.signature: missing; expected text',
  ],
  [
    'components',
    'components:\n  core:\n    repo: o/x\n    release: { sign: gpg }\n',
    '4:22: components.core.release.sign: expected a map or a list, got gpg',
  ],
  [
    'components',
    'components:\n  a/b:\n    repo: o/x\n',
    '2:3: components["a/b"]: expected the name of a component: letters, digits, ".", "-" and "_"',
  ],
  [
    'components',
    'components:\n  core:\n    repo: o/x\n    workflows: [tests.yml]\n',
    '4:16: components.core.workflows: expected a map',
  ],
  [
    'components',
    'components:\n  core:\n    repo: o/x\n    release: { env: [NPM TOKEN] }\n',
    '4:22: components.core.release.env[0]: expected the name of a variable, got NPM TOKEN',
  ],
  [
    'webhooks',
    'webhooks:\n  enabled: true\n',
    '1:1: webhooks.secret: missing; with enabled: true every delivery must be signed',
  ],
  [
    'webhooks',
    'webhooks:\n  enabled: true\n  secret: ${NOPE}\n',
    '1:1: webhooks.secret: missing; with enabled: true every delivery must be signed',
  ],
  [
    'webhooks',
    'webhooks:\n  handlers:\n    push:\n      - action: run_test\n',
    '4:17: webhooks.handlers.push[0].action: expected one of run_tests, run_workflow, sync_repo, sync_release, publish_release, exec, got run_test; did you mean "run_tests"?',
  ],
  [
    'webhooks',
    'webhooks:\n  handlers:\n    push:\n      - action: exec\n        payload: {}\n',
    '5:9: webhooks.handlers.push[0].payload.cmd: missing; expected a list',
  ],
  [
    'webhooks',
    'webhooks:\n  handlers:\n    push:\n      - action: exec\n        payload: { cmd: rm -rf }\n',
    '5:25: webhooks.handlers.push[0].payload.cmd: expected a list, got rm -rf',
  ],
  [
    'webhooks',
    "webhooks:\n  handlers:\n    push:\n      - action: exec\n        payload: { cmd: [echo, 'x{sha}'] }\n",
    '5:32: webhooks.handlers.push[0].payload.cmd[1]: {sha} must be the whole argument',
  ],
  [
    'webhooks',
    "webhooks:\n  handlers:\n    push:\n      - action: exec\n        payload: { cmd: [echo, '{shaa}'] }\n",
    '5:32: webhooks.handlers.push[0].payload.cmd[1]: unknown placeholder {shaa}; did you mean sha?',
  ],
  [
    'webhooks',
    "webhooks:\n  handlers:\n    push:\n      - action: exec\n        payload: { cmd: ['{sha}'] }\n",
    '5:26: webhooks.handlers.push[0].payload.cmd[0]: expected a program, not a placeholder, got "{sha}"',
  ],
  [
    'webhooks',
    "webhooks:\n  handlers:\n    push:\n      - action: exec\n        payload: { cmd: ['{payload.x-y}'] }\n",
    '5:26: webhooks.handlers.push[0].payload.cmd[0]: expected a program, not a placeholder, got "{payload.x-y}"',
  ],
  [
    'webhooks',
    "webhooks:\n  handlers:\n    push:\n      - action: exec\n        payload: { cmd: [echo, '{x}{sha}'] }\n",
    '5:32: webhooks.handlers.push[0].payload.cmd[1]: {sha} must be the whole argument',
  ],
  [
    'webhooks',
    "webhooks:\n  handlers:\n    push:\n      - action: run_tests\n        payload: { ref: '{branchh}' }\n",
    '5:25: webhooks.handlers.push[0].payload.ref: unknown placeholder {branchh}; did you mean branch?',
  ],
  [
    'webhooks',
    "webhooks:\n  handlers:\n    push:\n      - action: run_workflow\n        payload: { target: core/x, inputs: { n: 1, at: 'v{sha}' } }\n",
    '5:56: webhooks.handlers.push[0].payload.inputs.at: {sha} must be the whole argument',
  ],
  [
    'webhooks',
    'webhooks:\n  handlers:\n    push:\n      - action: exec\n        payload: { cmd: [echo], shell: true }\n',
    '5:33: webhooks.handlers.push[0].payload.shell: unknown key; expected one of cmd, dir, env, stdin',
  ],
  [
    'webhooks',
    'webhooks:\n  handlers:\n    push:\n      - { action: sync_repo, name: a }\n      - { action: sync_repo, name: a }\n',
    '5:36: webhooks.handlers.push[1].name: two handlers are named a',
  ],
  [
    'webhooks',
    'webhooks:\n  handlers:\n    pusch: []\n',
    "3:5: webhooks.handlers.pusch: pusch is not an event of GitHub's webhooks; did you mean push?",
  ],
  [
    'webhooks',
    'webhooks:\n  events: [pushh]\n',
    "2:12: webhooks.events[0]: pushh is not an event of GitHub's webhooks; did you mean push?",
  ],
  [
    'webhooks',
    'webhooks:\n  secret: short\n',
    '2:11: webhooks.secret: expected a secret of at least 16 characters, such as the output of openssl rand -hex 32',
  ],
  [
    'webhooks',
    'webhooks:\n  secret: [0123456789abcdef, short]\n',
    '2:30: webhooks.secret[1]: expected a secret of at least 16 characters, such as the output of openssl rand -hex 32',
  ],
  [
    'webhooks',
    'webhooks:\n  enabled: true\n  secret: 0123456789abcdef\n',
    '1:1: webhooks.repositories: missing; without github.owner, wizard does not know whose deliveries to handle',
  ],
  [
    'webhooks',
    'webhooks:\n  repositories: [a/b]\n  store: { path: ../x.db }\n',
    '3:18: webhooks.store.path: ../x.db is outside ROOT',
  ],
  [
    'webhooks',
    'webhooks:\n  store: { engine: postgres }\n',
    '2:3: webhooks.store.url: missing; with engine: postgres',
  ],
  [
    'webhooks',
    'webhooks:\n  store: { engine: mysql }\n',
    '2:20: webhooks.store.engine: expected sqlite or postgres, got mysql',
  ],
  [
    'webhooks',
    'webhooks:\n  store: { keep: 2d }\n',
    '2:18: webhooks.store.keep: expected days, at least 3d, such as 30d, got 2d',
  ],
  [
    'webhooks',
    'webhooks:\n  store: { keep: 40d, keep_ids: 30d }\n',
    '2:33: webhooks.store.keep_ids: expected at least keep (40d)',
  ],
  [
    'webhooks',
    'webhooks:\n  store: { keep: 30 }\n',
    '2:18: webhooks.store.keep: expected days, at least 3d, such as 30d, got 30',
  ],
  [
    'webhooks',
    'webhooks:\n  store: { engine: postgres, url: mysql://x }\n',
    '2:35: webhooks.store.url: expected an address: postgres://USER@HOST/DATABASE',
  ],
  [
    'webhooks',
    'webhooks:\n  path: /healthz\n',
    '2:9: webhooks.path: expected another path: SERVE uses this one itself, got /healthz',
  ],
  [
    'webhooks',
    'webhooks:\n  allow: [10.0.0.0/33]\n',
    '2:11: webhooks.allow[0]: expected github, an address or a range such as 10.0.0.0/8, got 10.0.0.0/33',
  ],
  [
    'webhooks',
    'webhooks:\n  trusted_proxies: [github]\n',
    '2:21: webhooks.trusted_proxies[0]: expected an address or a range such as 10.0.0.0/8, got github',
  ],
  [
    'webhooks',
    'webhooks:\n  handlers:\n    push:\n      - action: exec\n        payload: { cmd: [a], dir: ../x }\n',
    '5:35: webhooks.handlers.push[0].payload.dir: ../x is outside ROOT',
  ],
  [
    'webhooks',
    'webhooks:\n  max_body: 26MiB\n',
    '2:13: webhooks.max_body: expected a size of at most 25MiB, such as 512KiB or 25MiB, got 26MiB',
  ],
  ['webhooks', 'webhooks:\n  port: 0\n', '2:9: webhooks.port: expected at least 1, got 0'],
  [
    'webhooks',
    'webhooks:\n  path: webhook\n',
    '2:9: webhooks.path: expected a path that begins with /, got webhook',
  ],
  [
    'webhooks',
    'webhooks:\n  allow: [example.com]\n',
    '2:11: webhooks.allow[0]: expected github, an address or a range such as 10.0.0.0/8, got example.com',
  ],
  [
    'webhooks',
    'webhooks:\n  handlers:\n    push:\n      - { action: sync_repo, retries: 3 }\n',
    '4:30: webhooks.handlers.push[0].retries: unknown key; expected one of action, payload, name, concurrency, order, coalesce, timeout, attempts, backoff, forks, if',
  ],
  [
    'webhooks',
    'webhooks:\n  handlers:\n    push:\n      - { action: sync_repo, attempts: 21 }\n',
    '4:40: webhooks.handlers.push[0].attempts: expected at most 20, got 21',
  ],
  [
    'webhooks',
    'webhooks:\n  events: [release]\n  handlers:\n    push:main: []\n',
    '4:5: webhooks.handlers["push:main"]: its event is not in webhooks.events, so it would never run',
  ],
  [
    'webhooks',
    'webhooks:\n  repositories: [uDOS]\n',
    '2:18: webhooks.repositories[0]: expected a repository or a pattern: OWNER/NAME or OWNER/*, got uDOS',
  ],
  [
    'webhooks',
    'webhooks:\n  handlers:\n    Push: []\n',
    '3:5: webhooks.handlers.Push: expected event, event:branch or event:action, such as push:main',
  ],
  [
    'plugins',
    'plugins:\n  topic: uDOS Plugin\n',
    '2:10: plugins.topic: expected a topic: lower-case letters, digits and hyphens, got uDOS Plugin',
  ],
  [
    'plugins',
    'plugins:\n  index: [x]\n',
    '2:11: plugins.index[0]: expected OWNER/NAME or OWNER/NAME:PATH, got x',
  ],
  [
    'plugins',
    'plugins:\n  require_signatures: maybe\n',
    '2:23: plugins.require_signatures: expected true or false, got maybe',
  ],
  [
    'repos',
    Buffer.from('repos:\n  t\xe9: []\n', 'latin1'),
    '2:4: the file is not UTF-8',
    'save it as UTF-8',
  ],
  [
    'repos',
    Buffer.from('\ufeffrepos: {}\n', 'utf16le'),
    '1:1: the file is not UTF-8',
    'save it as UTF-8',
  ],
]

describe.each(bad)('%s.yaml', (name, content, message, hint) => {
  test(message, async () => {
    const { request, top } = await makeProject({ files: { [`config/${name}.yaml`]: content } })
    const error = await failure(request, name)
    expect(error.message.replaceAll(top, 'ROOT')).toBe(`config/${name}.yaml:${message}`)
    expect(exitStatus[error.code]).toBe(2)
    if (hint !== undefined) expect(error.hint).toContain(hint)
  })

  test(`${message}, in a single file`, { tags: ['deep'] }, async () => {
    const { request, top } = await makeProject({ files: { 'wizard.config.yaml': content } })
    const error = await failure(request, name)
    const expected = `wizard.config.yaml:${message}`.replace(
      lastKnown,
      '$&, repos, components, webhooks, plugins, $schema',
    )
    expect(error.message.replaceAll(top, 'ROOT')).toBe(expected)
    expect(exitStatus[error.code]).toBe(2)
    if (hint !== undefined) expect(error.hint).toContain(hint)
  })
})

const lastKnown = /logs_keep_days$/

test('a variable in braces without quotes, which YAML takes for a map', async () => {
  const { request } = await makeProject({
    files: { 'config/github.yaml': 'github: { owner: ${A} }\n' },
  })
  const error = await failure(request)
  expect(error.message).toBe('config/github.yaml:1:19: "{" is not expected here')
  expect(error.hint).toBe('inside of braces and brackets a variable needs quotes: "${NAME}"')
})

test('aliases that expand to too much', { tags: ['deep'] }, async () => {
  const { request } = await makeProject({ files: { 'config/repos.yaml': bomb.join('\n') } })
  const error = await failure(request, 'repos')
  expect(error.message).toMatch(
    /^config\/repos\.yaml:1:\d+: it has more than 500,000 values, its aliases included$/,
  )
})

test('what is nested too deeply', { tags: ['deep'] }, async () => {
  const files = { 'config/repos.yaml': '['.repeat(20_000) }
  const { request } = await makeProject({ files })
  const error = await failure(request, 'repos')
  expect(error.message).toMatch(/^config\/repos\.yaml:1:\d+: nested too deeply$/)
})

test('paths that escape are PathErrors', async () => {
  const files = { 'config/repos.yaml': entry('destination: ../x') }
  const { request } = await makeProject({ files })
  expect(await failure(request, 'repos')).toBeInstanceOf(PathError)
})

describe('what can not be read', () => {
  test('a folder in a file’s place', async () => {
    const { request, top } = await makeProject({ files: { 'config/github.yaml': 'root: .\n' } })
    await mkdir(join(top, 'config/repos.yaml'))
    const error = await failure(request, 'repos')
    expect(error.message).toBe('config/repos.yaml: is a folder; expected a file')
  })

  test('a device', async () => {
    const { request, top } = await makeProject({ files: { 'config/github.yaml': 'root: .\n' } })
    await symlink('/dev/zero', join(top, 'config/repos.yaml'))
    const error = await failure(request, 'repos')
    expect(error.message).toBe('config/repos.yaml: is not a regular file; expected a file')
  })

  test.skipIf(isSuperuser)('a file without permission', async () => {
    const files = { 'config/repos.yaml': 'repos: {}\n' }
    const { request, top } = await makeProject({ files })
    await chmod(join(top, 'config/repos.yaml'), 0)
    const error = await failure(request, 'repos')
    expect(error.message).toBe("config/repos.yaml: can't be read: permission denied")
  })

  test('a file that is too large', async () => {
    const files = { 'config/repos.yaml': Buffer.alloc(8 * 1024 * 1024 + 1, '#') }
    const { request } = await makeProject({ files })
    const error = await failure(request, 'repos')
    expect(error.message).toBe('config/repos.yaml: is too large; expected at most 8 MiB')
  })

  test('.env', async () => {
    const files = { 'config/github.yaml': 'root: .\n' }
    const { request, top } = await makeProject({ files })
    await mkdir(join(top, 'config/.env'))
    const error = await failure(request)
    expect(error.message).toBe('config/.env: is a folder; expected a file')
  })
})

const isSuperuser = process.getuid?.() === 0

describe('a folder that is named', () => {
  const folders: [string, string, string][] = [
    ['is not there', 'nowhere', '--config: nowhere does not exist'],
    ['contains no configuration', 'empty', '--config: empty contains no configuration'],
    ['is a file', 'file', '--config: file contains no configuration'],
  ]
  test.each(folders)('%s', async (_, config, message) => {
    const files = { file: '', 'empty/other.yaml': '', 'config/github.yaml': 'root: .\n' }
    const { request } = await makeProject({ files, flags: { config } })
    const error = await failure(request)
    expect(error).toBeInstanceOf(ConfigError)
    expect(error.message).toBe(message)
    expect(error.hint).toContain('github.yaml')
  })
})

test('several errors: the first is thrown, in the order of the file, and carries the others', async () => {
  const files = { 'config/repos.yaml': `${entry('brnach: x')}\n      depth: 0\n  u:\n` }
  const { request } = await makeProject({ files })
  const error = await failure(request, 'repos')
  expect([error, ...error.details].map(({ message }) => message.split(': ')[0])).toEqual([
    'config/repos.yaml:4:7',
    'config/repos.yaml:5:14',
    'config/repos.yaml:6:5',
  ])
})

test('one file’s errors do not stop another', async () => {
  const files = { 'config/repos.yaml': entry('branch: x\n'), 'config/webhooks.yaml': 'webhooks: {' }
  const { request } = await makeProject({ files })
  const config = await loadConfig(request)
  expect(await config.repos()).toHaveLength(1)
  await expect(config.webhooks()).rejects.toThrow(ConfigError)
})

test('the problems of all files at once', async () => {
  const files = {
    'config/repos.yaml': entry('brnach: x\n      depth: 0\n'),
    'config/webhooks.yaml': '',
    'config/plugins.yaml': 'plugins: {}\n',
  }
  const { request } = await makeProject({ files })
  const problems = await findProblems(request)
  expect(problems.map(({ message }) => message.split(': ')[0])).toEqual([
    'config/repos.yaml:4:7',
    'config/repos.yaml:5:14',
    'config/webhooks.yaml:1:1',
  ])
})

test('the problems of the other files where github.yaml is wrong, and a host nobody trusts', async () => {
  const files = { 'config/repos.yaml': entry('depth: 0\n'), 'config/webhooks.yaml': '' }
  const wrong = await makeProject({ files: { ...files, 'config/github.yaml': 'root: [x]\n' } })
  const told = (await findProblems(wrong.request)).map(({ message }) => message.split(': ')[0])
  expect(told).toEqual([
    'config/github.yaml:1:7',
    'config/repos.yaml:4:14',
    'config/webhooks.yaml:1:1',
  ])
  const evil = 'github: { base_url: "https://evil.example" }\n'
  const hostile = await makeProject({ files: { ...files, 'config/github.yaml': evil } })
  const codes = (await findProblems(hostile.request)).map(({ code }) => code)
  expect(codes).toEqual(['GITHUB_AUTH', 'CONFIG', 'CONFIG'])
})

test('a message holds no escape sequence and no value of a variable', async () => {
  const files = {
    'config/repos.yaml': entry(
      'branch: "a..\\u001b]0;x\\u0007${TOKEN}"\n      "\\u001b[31mred": 1\n',
    ),
  }
  const { request } = await makeProject({ files, env: { TOKEN: 'ghp_secret..' } })
  const error = await failure(request, 'repos')
  const text = [error, ...error.details].map(({ message }) => message).join('\n')
  expect(text).toContain('unknown key')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may occur
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]|ghp_secret/)
})
