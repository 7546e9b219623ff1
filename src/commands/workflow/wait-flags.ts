import type { FlagSpecs } from '../verb.js'

/** Of verbs that wait for a run. */
export const waitFlags = {
  interval: {
    type: 'integer',
    value: 'S',
    min: 1,
    max: 3600,
    summary: 'seconds between two polls, after the first quick ones (10)',
  },
  'cancel-on-interrupt': { type: 'boolean', summary: 'Ctrl-C cancels the run too' },
} as const satisfies FlagSpecs
