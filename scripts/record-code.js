// Lets the bundle do what most commands do, without a network, and keeps what V8 made of it: see bin/load.js.
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

const { loadEntry, codeFolder, scripts } = createRequire(import.meta.url)('../bin/load.js')

const commands = [
  '--help',
  'REPO --help',
  'CONFIG PATH',
  'PLUGIN LIST --json',
  'REPO STATUS --offline',
  'REPO STATUS',
  'REPO SYNC',
  'REPO SYNC --due --quiet',
  'WORKFLOW RUNS one',
  'RELEASE LIST one',
]

rmSync(codeFolder, { recursive: true, force: true })
const root = mkdtempSync(join(tmpdir(), 'wizard-record-'))
try {
  mkdirSync(join(root, 'config'))
  // A port where nobody listens.
  const github = { token: 'none', owner: 'none', base_url: 'http://127.0.0.1:9', retry_attempts: 0 }
  writeFileSync(join(root, 'config/github.yaml'), JSON.stringify({ github }))
  const repos = { all: [{ repo: 'one', destination: 'one', pull_schedule: '@daily' }] }
  writeFileSync(join(root, 'config/repos.yaml'), JSON.stringify({ repos }))
  await record()
} finally {
  process.chdir('/')
  rmSync(root, { recursive: true, force: true })
}

async function record() {
  process.chdir(root)
  for (const name of Object.keys(process.env)) {
    if (/^(?:GH|GITHUB|WIZARD|XDG)_|_proxy$/i.test(name)) delete process.env[name]
  }
  const { main } = loadEntry('main', { recording: true })
  const [stdout, stderr] = [process.stdout.write, process.stderr.write]
  process.stdout.write = () => true
  process.stderr.write = () => true
  for (const command of commands) {
    process.argv.splice(2, process.argv.length, ...command.split(' '))
    await main(process)
  }
  process.stdout.write = stdout
  process.stderr.write = stderr
  loadEntry('worker', { recording: true })
  // Whole or not at all: V8 trusts what it finds.
  const fresh = `${codeFolder}.new`
  mkdirSync(fresh, { recursive: true })
  for (const [file, script] of scripts) {
    writeFileSync(join(fresh, `${basename(file)}.code`), script.createCachedData())
  }
  renameSync(fresh, codeFolder)
}
