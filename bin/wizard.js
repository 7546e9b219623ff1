#!/usr/bin/env node
'use strict'

const { existsSync } = require('node:fs')
const { join } = require('node:path')

if (existsSync(join(__dirname, '../dist/cli/main.cjs'))) {
  const { main } = require('../dist/cli/main.cjs')
  main(process).then((status) => {
    process.exitCode = status
  })
} else {
  process.stderr.write('error: wizard is not built\nhint: npm run build\n')
  process.exitCode = 1
}
