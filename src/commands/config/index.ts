import { init } from './init.js'
import { path } from './path.js'
import { schema } from './schema.js'
import { show } from './show.js'
import { validate } from './validate.js'

/** In the order of the help. */
export const verbs = [show, validate, init, path, schema]
