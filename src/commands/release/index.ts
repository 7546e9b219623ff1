import { create } from './create.js'
import { deleteVerb } from './delete.js'
import { download } from './download.js'
import { edit } from './edit.js'
import { list } from './list.js'
import { notes } from './notes.js'
import { publish } from './publish.js'
import { status } from './status.js'
import { upload } from './upload.js'
import { view } from './view.js'

/** In the order of the help. */
export const verbs = [
  publish,
  create,
  upload,
  edit,
  notes,
  status,
  list,
  view,
  download,
  deleteVerb,
]
