import { install, remove } from './install.js'
import { print } from './print.js'
import { status } from './status.js'

/** In the order of the help. */
export const verbs = [status, install, remove, print]
