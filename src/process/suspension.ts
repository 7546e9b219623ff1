/** Who uses the terminal, and leaves it while the process is stopped. */
export interface Suspendable {
  /** Clears what it drew. */
  pause(): void
  resume(): unknown
}

/**
 * Ctrl-Z: lets the listeners clear the screen, then stops the process as if nobody had listened.
 *
 * @returns a function that adds a listener, and returns one that removes it
 */
export function suspensionOf(process: NodeJS.Process): (listener: Suspendable) => () => void {
  const listeners = new Set<Suspendable>()
  const suspend = () => {
    for (const { pause } of listeners) pause()
    // Without a listener, the signal does what it always does.
    process.off('SIGTSTP', suspend)
    process.kill(process.pid, 'SIGTSTP')
  }
  const goOn = () => {
    if (!process.listeners('SIGTSTP').includes(suspend)) process.on('SIGTSTP', suspend)
    for (const { resume } of listeners) resume()
  }
  return (listener) => {
    if (listeners.size === 0) process.on('SIGTSTP', suspend).on('SIGCONT', goOn)
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) process.off('SIGTSTP', suspend).off('SIGCONT', goOn)
    }
  }
}
