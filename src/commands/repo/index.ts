import { add } from './add.js'
import { browse } from './browse.js'
import { clone } from './clone.js'
import { exec } from './exec.js'
import { prune } from './prune.js'
import { pull } from './pull.js'
import { cat } from './remote/cat.js'
import { exists } from './remote/exists.js'
import { list } from './remote/list.js'
import { search } from './remote/search.js'
import { tree } from './remote/tree.js'
import { view } from './remote/view.js'
import { remove } from './remove.js'
import { status } from './status.js'
import { cloneAll, pullAll, reset, sync } from './sync-verbs.js'

/** In the order of the help. */
export const verbs = [
  sync,
  status,
  exec,
  pullAll,
  cloneAll,
  clone,
  pull,
  reset,
  prune,
  add,
  remove,
  list,
  search,
  view,
  browse,
  exists,
  cat,
  tree,
]
