/**
 * The V8 of Node 20 optimizes early what most commands are over too soon to gain by: a fifth of their time, spent on
 * threads that they share the processor with. Later versions of Node do not.
 *
 * @param version node's
 */
export async function optimizeLate(version: string): Promise<void> {
  if (!version.startsWith('v20.')) return
  const { setFlagsFromString } = await import('node:v8')
  // In V8's own unit, some 15 times what it would be; a function that runs for long is still optimized.
  setFlagsFromString('--interrupt-budget=1000000')
  // undici reads HTTP's heads in WebAssembly, nearly all of it one function: to optimize that takes 90 ms and 35 MB,
  // and the code it begins with does as well.
  setFlagsFromString('--liftoff-only')
}
