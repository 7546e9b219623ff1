import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { type AddressInfo, createServer as createListener } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { openWorkspace, type Workspace } from '../../support/workspace.js'

let work: Workspace
beforeEach(async () => {
  work = await openWorkspace()
  await work.github.addRepository('uDOS/typo', { files: { 'a.txt': 'one\n' }, private: true })
})
afterEach(() => work.close())

const env = { GITHUB_TOKEN: 'ghp_mine_alone', GITHUB_OWNER: 'uDOS' }
const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
const outward = addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address

/** A listener on an address of this machine that is not loopback. */
async function openListener() {
  const heard: string[] = []
  const server = createListener((socket) => {
    heard.push('a connection')
    socket.on('data', (data) => heard.push(data.toString('latin1')))
    socket.on('error', () => {})
    socket.end()
  })
  server.listen(0, '0.0.0.0')
  await once(server, 'listening')
  const host = `${outward ?? 'evil.example'}:${(server.address() as AddressInfo).port}`
  return { host, heard, close: () => server.close() }
}

describe('a configuration that was found in a parent folder', () => {
  it.each([
    ['base_url', (host: string) => ({ base_url: `https://${host}/api/v3` })],
    ['git_url', (host: string) => ({ git_url: `https://${host}` })],
    ['proxy', (host: string) => ({ proxy: `http://${host}` })],
  ])('that names its own %s is exit 4, and no request is sent', async (key, settings) => {
    const listener = await openListener()
    await mkdir(work.path('hostile/config'), { recursive: true })
    await mkdir(work.path('hostile/sub/deep'), { recursive: true })
    const file = stringify({ github: settings(listener.host) })
    await work.write('hostile/config/github.yaml', file)
    await work.write('hostile/config/repos.yaml', stringify({ repos: { a: [{ repo: 'typo' }] } }))
    for (const args of [
      ['REPO', 'SYNC'],
      ['REPO', 'VIEW', 'uDOS/typo'],
      ['REPO', 'CLONE', 'uDOS/typo'],
    ]) {
      const run = await work.run(args, { cwd: work.path('hostile/sub/deep'), env })
      expect(run.status).toBe(4)
      expect(run.err).toMatch(
        new RegExp(`^error: .*github\\.yaml:\\d+:\\d+: ${key}|^error: .*${key}`),
      )
      expect(run.err).toContain(listener.host.split(':')[0])
      expect(run.err).toMatch(/\nhint: .*--config/)
      expect(run.err + run.out).not.toContain('ghp_mine')
    }
    // Commands without requests need no trust.
    for (const args of [
      ['CONFIG', 'PATH'],
      ['PLUGIN', 'LIST'],
    ]) {
      const run = await work.run(args, { cwd: work.path('hostile/sub/deep'), env })
      expect([run.status, run.err]).toEqual([0, ''])
    }
    expect(listener.heard).toEqual([])
    listener.close()
  })

  it('is trusted where the environment names the host, or --config the folder', async () => {
    const listener = await openListener()
    const [host = ''] = listener.host.split(':')
    await mkdir(work.path('other/config'), { recursive: true })
    const settings = { base_url: `https://${listener.host}/api/v3`, retry_attempts: 0 }
    await work.write('other/config/github.yaml', stringify({ github: settings }))
    const args = ['REPO', 'VIEW', 'uDOS/typo']
    const cwd = work.path('other')
    // Trusted: the request goes there, where nobody speaks TLS.
    expect((await work.run(args, { cwd, env: { ...env, GH_HOST: host } })).status).toBe(6)
    expect((await work.run([...args, '--config', 'config'], { cwd, env })).status).toBe(6)
    expect((await work.run(args, { cwd, env: { ...env, WIZARD_CONFIG: 'config' } })).status).toBe(6)
    expect((await work.run(args, { cwd, env })).status).toBe(4)
    listener.close()
  })
})

describe('a redirect to another origin', () => {
  it.each([
    ['the API', 'api', ['REPO', 'VIEW', 'typo']],
    ['git', 'git', ['REPO', 'CLONE', 'typo']],
  ] as const)('of %s carries no token', async (_name, origin, args) => {
    const heard: IncomingHttpHeaders[] = []
    const stranger = createServer((request, response) => {
      heard.push(request.headers)
      response.writeHead(404).end()
    })
    stranger.listen(0, '127.0.0.1')
    await once(stranger, 'listening')
    const location = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}/uDOS/typo.git`
    work.github.fail({ origin, status: 302, headers: { location } })
    const { status } = await work.run([...args])
    expect(status).not.toBe(0)
    expect(heard.length).toBeGreaterThan(0)
    for (const headers of heard) expect(headers).not.toHaveProperty('authorization')
    stranger.close()
  })
})
