/** What waits for each signal. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls `act` when the signal is aborted; at once if it is already. All who wait share one listener:
 * of more than ten at one signal, node warns on stderr that they leak.
 *
 * @returns a function that takes it back; the last one leaves no listener at the signal
 */
export function onAbort(signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) {
    act()
    return () => {}
  }
  const acts = waiting.get(signal) ?? listenTo(signal)
  // The same function may wait twice.
  const own = () => act()
  acts.add(own)
  return () => {
    if (acts.delete(own) && acts.size === 0) forget(signal)
  }
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const acts = new Set<() => void>()
  waiting.set(signal, acts)
  signal.addEventListener('abort', callAll)
  return acts
}

function callAll({ target }: Event): void {
  const signal = target as AbortSignal
  const acts = [...(waiting.get(signal) ?? [])]
  forget(signal)
  for (const act of acts) act()
}

function forget(signal: AbortSignal): void {
  waiting.delete(signal)
  signal.removeEventListener('abort', callAll)
}
