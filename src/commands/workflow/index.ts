import { cancel, disable, enable, rerun } from './control.js'
import { download } from './download.js'
import { list } from './list.js'
import { logs } from './logs.js'
import { run } from './run.js'
import { runs } from './runs.js'
import { view } from './view.js'
import { watch } from './watch.js'
import { why } from './why.js'

/** In the order of the help. */
export const verbs = [
  run,
  watch,
  why,
  logs,
  download,
  list,
  runs,
  view,
  rerun,
  cancel,
  enable,
  disable,
]
