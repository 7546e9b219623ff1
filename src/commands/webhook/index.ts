import { forward } from './forward.js'
import { list } from './list.js'
import { prune } from './prune.js'
import { pull } from './pull.js'
import { receive, verify } from './receive.js'
import { recover } from './recover.js'
import { cancel, replay } from './replay.js'
import { serve } from './serve.js'
import { setup } from './setup.js'
import { status } from './status.js'
import { view } from './view.js'

/** In the order of the help. */
export const verbs = [
  serve,
  setup,
  status,
  list,
  view,
  replay,
  cancel,
  receive,
  verify,
  recover,
  pull,
  forward,
  prune,
]
