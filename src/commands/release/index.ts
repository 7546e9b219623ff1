import type { Verb } from '../verb.js'
import { notes } from './notes.js'
import { publish } from './publish.js'

/** In the order in which help shows them. */
export const verbs: Verb[] = [publish, notes]
