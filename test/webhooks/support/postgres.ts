import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** A PostgreSQL of its own, which listens at a socket in its folder and nowhere else. */
export interface Cluster {
  url: string
  /** As after a power cut: it does not sync what it has not synced. */
  crash(): void
  start(): void
  /** Ends it and removes its folder. */
  remove(): void
}

/** The newest of Debian's packages, or those in PATH; null if there are none. */
export function postgresFolder(): string | null {
  const debian = '/usr/lib/postgresql'
  try {
    const newest = readdirSync(debian).sort((one, other) => Number(other) - Number(one))[0]
    return newest === undefined ? null : join(debian, newest, 'bin')
  } catch {
    return null
  }
}

/** PostgreSQL refuses to run as root. */
const isRoot = userInfo().uid === 0
const user = isRoot ? 'postgres' : userInfo().username

/** @param settings lines of postgresql.conf */
export function startCluster(settings: string[] = []): Cluster {
  const bin = postgresFolder()
  if (bin === null) throw new Error('there is no PostgreSQL')
  const folder = mkdtempSync(join(tmpdir(), 'wizard-postgres-'))
  const data = join(folder, 'data')
  mkdirSync(data, { mode: 0o700 })
  if (isRoot) for (const path of [folder, data]) own(path)
  const run = (program: string, ...args: string[]) => {
    const command = [join(bin, program), '-D', data, ...args]
    const [file = '', ...rest] = isRoot ? ['runuser', '-u', user, '--', ...command] : command
    // A user's PATH need not have the folder of runuser.
    const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }
    execFileSync(file, rest, { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder, env })
  }
  run('initdb', '-A', 'trust', '-U', 'wizard', '--no-sync', '-E', 'UTF8', '--locale=C')
  const lines = ["listen_addresses = ''", `unix_socket_directories = '${folder}'`, ...settings]
  writeFileSync(join(data, 'postgresql.auto.conf'), `${lines.join('\n')}\n`)
  const control = (...args: string[]) => run('pg_ctl', '-w', '-l', join(folder, 'log'), ...args)
  control('start')
  return {
    url: `postgres://wizard@localhost/postgres?host=${encodeURIComponent(folder)}`,
    crash: () => control('stop', '-m', 'immediate'),
    start: () => control('start'),
    remove() {
      try {
        control('stop', '-m', 'immediate')
      } catch {}
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function own(path: string): void {
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }))
  chownSync(path, id('-u'), id('-g'))
}
