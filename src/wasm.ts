/**
 * undici reads HTTP's heads in WebAssembly, nearly all of it one function. The V8 of Node 20 optimizes that one after
 * its first calls, which takes 90 ms and 35 MB, more than most commands need; the code it begins with does as well.
 *
 * @param version node's
 */
export async function keepWasmAsItBegins(version: string): Promise<void> {
  if (!version.startsWith('v20.')) return
  const { setFlagsFromString } = await import('node:v8')
  setFlagsFromString('--liftoff-only')
}
