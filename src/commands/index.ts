import type { Noun } from './verb.js'

/** Every noun; its code is loaded when it is called. */
export const nouns: Noun[] = [
  {
    name: 'repo',
    summary: 'clone, pull and inspect many repositories',
    load: async () => (await import('./repo/index.js')).verbs,
  },
  {
    name: 'workflow',
    summary: 'run GitHub Actions workflows, wait for them, read their logs',
    load: async () => (await import('./workflow/index.js')).verbs,
  },
  {
    name: 'test',
    summary: "run a component's tests on GitHub and wait for the result",
    load: async () => (await import('./test/index.js')).verbs,
  },
  {
    name: 'release',
    summary: 'build, sign, upload and publish releases; write their notes',
    load: async () => (await import('./release/index.js')).verbs,
  },
  {
    name: 'plugin',
    summary: 'find, install, verify and update plugins',
    load: async () => (await import('./plugin/index.js')).verbs,
  },
  {
    name: 'schedule',
    summary: 'pull on a schedule: cron, systemd, GitHub Actions, Kubernetes',
    load: async () => (await import('./schedule/index.js')).verbs,
  },
  {
    name: 'webhook',
    summary: "receive GitHub's webhooks and run handlers for them",
    load: async () => (await import('./webhook/index.js')).verbs,
  },
  {
    name: 'config',
    summary: 'show, check and create the configuration',
    load: async () => (await import('./config/index.js')).verbs,
  },
  {
    name: 'log',
    summary: 'show what wizard did, day by day',
    load: async () => (await import('./log/index.js')).verbs,
  },
  {
    name: 'api',
    summary: 'send any REST or GraphQL request to GitHub',
    load: async () => (await import('./api/index.js')).verbs,
  },
  {
    name: 'auth',
    summary: 'show who you are to GitHub and what your token may do',
    load: async () => (await import('./auth/index.js')).verbs,
  },
  {
    name: 'doctor',
    summary: 'check the set-up and suggest fixes',
    load: async () => (await import('./doctor/index.js')).verbs,
  },
  {
    name: 'script',
    summary: 'run many commands from a file in one process',
    load: async () => (await import('./script/index.js')).verbs,
  },
  {
    name: 'shell',
    summary: 'type commands at a prompt, with history and completion',
    load: async () => (await import('./shell/index.js')).verbs,
  },
  {
    name: 'man',
    summary: 'show the manual page of wizard, a noun, a verb or a topic',
    load: async () => (await import('./man/index.js')).verbsOf(nouns),
  },
  {
    name: 'completion',
    summary: 'complete commands in bash, zsh and fish',
    load: async () => (await import('./completion/index.js')).verbs,
  },
]
