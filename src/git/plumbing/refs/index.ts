export { listLocalRefs, readHead, resolveRef } from './read.js'
export { reflogOids } from './reflog.js'
export { deleteRef, updateRef, writeHead, writeSymbolicRef } from './update.js'
