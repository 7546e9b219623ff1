import type { Verb } from '../verb.js'
import { show } from './show.js'

/** In the order in which help shows them. */
export const verbs: Verb[] = [show]
