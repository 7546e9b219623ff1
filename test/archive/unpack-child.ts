import { readFileSync } from 'node:fs'
import { unpackZip } from '../../src/archive/unpack.js'

/** Runs in its own process: unpacks, and prints its peak memory in kB (proc(5), VmHWM). */
const [file = '', into = ''] = process.argv.slice(2)
await unpackZip(file, into)
console.log(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
