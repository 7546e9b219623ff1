import { disable, enable, pin, remove, rollback, unpin } from './change.js'
import { install } from './install.js'
import { list } from './list.js'
import { search } from './search.js'
import { update } from './update.js'
import { verify } from './verify.js'
import { view } from './view.js'

/** In the order of the help. */
export const verbs = [
  install,
  search,
  list,
  view,
  update,
  verify,
  rollback,
  ...[pin, unpin, enable, disable, remove],
]
