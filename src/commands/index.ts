import type { Noun } from './verb.js'

/** Every noun; its code is loaded when it is called. */
export const nouns: Noun[] = [
  {
    name: 'repo',
    summary: 'keep many repositories in step; look at those on GitHub',
    load: async () => (await import('./repo/index.js')).verbs,
  },
  {
    name: 'workflow',
    summary: 'run workflows of GitHub Actions, wait, read logs, download artifacts',
    load: async () => (await import('./workflow/index.js')).verbs,
  },
  {
    name: 'test',
    summary: "run a component's tests on GitHub",
    load: async () => (await import('./test/index.js')).verbs,
  },
  {
    name: 'release',
    summary: 'from source to published, once, whatever happens on the way',
    load: async () => (await import('./release/index.js')).verbs,
  },
  {
    name: 'plugin',
    summary: 'find plugins, install them checked and whole, keep them up to date',
    load: async () => (await import('./plugin/index.js')).verbs,
  },
  {
    name: 'schedule',
    summary: 'pulls that run by themselves: by cron, systemd, GitHub Actions or Kubernetes',
    load: async () => (await import('./schedule/index.js')).verbs,
  },
  {
    name: 'webhook',
    summary: "receive GitHub's deliveries, none lost, and run what they start",
    load: async () => (await import('./webhook/index.js')).verbs,
  },
  {
    name: 'config',
    summary: 'what is configured and where it comes from; what is wrong in it; a first one',
    load: async () => (await import('./config/index.js')).verbs,
  },
  {
    name: 'log',
    summary: 'what wizard did, day by day',
    load: async () => (await import('./log/index.js')).verbs,
  },
  {
    name: 'api',
    summary: 'ask GitHub for anything else, by REST or GraphQL',
    load: async () => (await import('./api/index.js')).verbs,
  },
  {
    name: 'auth',
    summary: 'who wizard is to GitHub, and what it may do',
    load: async () => (await import('./auth/index.js')).verbs,
  },
  {
    name: 'doctor',
    summary: 'check everything that wizard needs, with a remedy for each problem',
    load: async () => (await import('./doctor/index.js')).verbs,
  },
]
