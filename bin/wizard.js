#!/usr/bin/env node
import module from 'node:module'

// Node 22.1 and later keep what V8 made of the code, so that the next start is quicker.
module.enableCompileCache?.()

const { main } = await import('../dist/main.js').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.url).endsWith('/dist/main.js'))
    throw error
  process.stderr.write('error: wizard is not built\nhint: npm run build\n')
  process.exit(1)
})
process.exitCode = await main(process)
