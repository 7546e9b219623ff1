import type { Verb } from '../verb.js'
import { add } from './add.js'
import { cat } from './cat.js'
import { clone } from './clone.js'
import { exists } from './exists.js'
import { list } from './list.js'
import { prune } from './prune.js'
import { pull } from './pull.js'
import { remove } from './remove.js'
import { reset } from './reset.js'
import { search } from './search.js'
import { status } from './status.js'
import { cloneAll, pullAll, sync } from './sync-verbs.js'
import { tree } from './tree.js'
import { view } from './view.js'

/** In the order in which help shows them. */
export const verbs: Verb[] = [
  sync,
  status,
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
  exists,
  cat,
  tree,
]
