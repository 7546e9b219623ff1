// Lets the bundle do what most commands do, on a server of its own, and keeps what V8 made of it: see bin/load.js.
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { startRecordServer } from './record-server.js'

const { loadEntry, codeFolder, scripts } = createRequire(import.meta.url)('../bin/load.js')

const commands = [
  '--help',
  'REPO --help',
  'CONFIG PATH',
  'PLUGIN LIST --json',
  'REPO CLONE none/one clone',
  'REPO SYNC',
  'REPO STATUS',
]
const afterCommit = [
  'REPO SYNC --json',
  'REPO PULL clone',
  'REPO SYNC --due --quiet',
  'REPO STATUS --offline',
  'WORKFLOW RUNS one',
  'RELEASE LIST one',
]

rmSync(codeFolder, { recursive: true, force: true })
const root = mkdtempSync(join(tmpdir(), 'wizard-record-'))
const server = await startRecordServer()
try {
  mkdirSync(join(root, 'config'))
  const { address } = server
  const github = {
    token: 'none',
    owner: 'none',
    base_url: address,
    git_url: address,
    retry_attempts: 0,
  }
  writeFileSync(join(root, 'config/github.yaml'), JSON.stringify({ github }))
  const repos = { all: [{ repo: 'one', destination: 'one', pull_schedule: '@daily' }] }
  writeFileSync(join(root, 'config/repos.yaml'), JSON.stringify({ repos }))
  mkdirSync(join(root, 'plugins/one'), { recursive: true })
  writeFileSync(join(root, 'plugins/plugins.lock.json'), lockOf('one'))
  await record()
} finally {
  server.close()
  process.chdir('/')
  rmSync(root, { recursive: true, force: true })
}

/** A lock as PLUGIN INSTALL writes it. */
function lockOf(/** @type {string} */ id) {
  const entry = {
    ...{ repo: `none/${id}`, version: '1.0.0', tag: 'v1.0.0', commit: '0'.repeat(40) },
    ...{ source: 'asset', asset: `${id}.zip`, address: 'none', sha256: '0'.repeat(64), size: 1 },
    installed_at: '2026-01-14T10:00:00Z',
  }
  return JSON.stringify({ version: 1, plugins: { [id]: entry } })
}

async function record() {
  process.chdir(root)
  for (const name of Object.keys(process.env)) {
    if (/^(?:GH|GITHUB|WIZARD|XDG)_|_proxy$/i.test(name)) delete process.env[name]
  }
  const { main } = loadEntry('main', { recording: true })
  const [stdout, stderr] = [process.stdout.write, process.stderr.write]
  let said = ''
  process.stdout.write = () => true
  process.stderr.write = (text) => {
    said += text
    return true
  }
  const run = async (/** @type {string} */ command) => {
    process.argv.splice(2, process.argv.length, ...command.split(' '))
    const status = await main(process)
    // Without its API, GitHub has neither runs nor releases.
    if (status !== 0 && !/^(?:WORKFLOW|RELEASE)/.test(command))
      throw new Error(`${command}: ${said}`)
  }
  try {
    for (const command of commands) await run(command)
    server.advance()
    for (const command of afterCommit) await run(command)
  } finally {
    process.stdout.write = stdout
    process.stderr.write = stderr
  }
  loadEntry('worker', { recording: true })
  keep()
}

/** Whole or not at all: V8 trusts what it finds. */
function keep() {
  const fresh = `${codeFolder}.new`
  mkdirSync(fresh, { recursive: true })
  for (const [file, script] of scripts) {
    writeFileSync(join(fresh, `${basename(file)}.code`), script.createCachedData())
  }
  renameSync(fresh, codeFolder)
}
