import { keepCompiledCode } from './process/compile-cache.js'
import { version } from './version.js'

/** argv → exit status. The verbs are imported behind this, since `--version` needs none of them. */
export async function main(process: NodeJS.Process): Promise<number> {
  if (process.argv.length === 3 && process.argv[2] === '--version') {
    process.stdout.write(`${version}\n`)
    return 0
  }
  keepCompiledCode(process)
  const { run } = await import('./run.js')
  return run(process)
}
