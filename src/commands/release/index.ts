import type { Verb } from '../verb.js'
import { publish } from './publish.js'

/** In the order in which help shows them. */
export const verbs: Verb[] = [publish]
