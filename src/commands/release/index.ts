import type { Verb } from '../verb.js'

/** In the order in which help shows them. */
export const verbs: Verb[] = []
