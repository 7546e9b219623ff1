export { listLocalRefs, readHead, resolveRef } from './refs/read.js'
export { isRefName } from './refs/ref-name.js'
export { reflogOids } from './refs/reflog.js'
export { deleteRef, updateRef, writeHead, writeSymbolicRef } from './refs/update.js'
