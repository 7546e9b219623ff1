import { isatty } from 'node:tty'

/**
 * Ends a process whose terminal is gone as if nobody had listened to SIGHUP. In its own way node can't
 * end: it aborts, with a core dump, where it can't reset the terminal.
 *
 * @returns a function that does so, and nothing where the terminal is there, or never was
 */
export function hangUpOf(process: NodeJS.Process): () => void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd))
  return () => {
    if (terminals.every((fd) => isatty(fd))) return
    process.removeAllListeners('SIGHUP')
    process.kill(process.pid, 'SIGHUP')
  }
}
