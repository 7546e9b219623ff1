import type { Noun } from './verb.js'

/** Every noun, each loaded only when it is called. */
export const nouns: Noun[] = [
  {
    name: 'repo',
    summary: 'keep many repositories in step; look at those on GitHub',
    load: async () => (await import('./repo/index.js')).verbs,
  },
]
