import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Application } from '../src/app.js'
import { GitHubNetworkError } from '../src/base/errors.js'
import type { Config } from '../src/config/load.js'
import { testHost } from './support/host.js'
import { openWorkspace, type Workspace } from './support/workspace.js'

let work: Workspace
let app: Application
let config: Config
beforeEach(async () => {
  work = await openWorkspace({ settings: { retry_attempts: 0 } })
  await work.github.addRepository('uDOS/typo')
  app = new Application(testHost(work.root))
  config = await app.loadConfig({})
})
afterEach(async () => {
  await app.close()
  await work.close()
})

/** The configuration as somebody changes it again and again. */
const changed = (time: number): Config => ({
  ...config,
  logsDir: `${config.logsDir}-${time}`,
  github: { ...config.github, timeout: 100 + time },
})

async function changeOften(): Promise<void> {
  for (let time = 0; time < 10; time++) {
    const [client, files] = [await app.client(changed(time)), await app.logFiles(changed(time))]
    await client.value.repoExists('uDOS', 'typo')
    client.release()
    files.release()
  }
}

describe('an Application', () => {
  it('shares a client and its log files among commands of one configuration', async () => {
    const [one, other] = [await app.client(config), await app.client(await app.loadConfig({}))]
    expect(one.value).toBe(other.value)
    const [files, same] = [await app.logFiles(config), await app.logFiles(config)]
    expect(files.value).toBe(same.value)
  })

  it('keeps the client that a command has while the configuration changes', async () => {
    const { value } = await app.client(config)
    await changeOften()
    expect(await value.repoExists('uDOS', 'typo')).toBe(true)
    expect((await app.client(config)).value).toBe(value)
  })

  it('closes what nobody uses and newer configurations replaced', async () => {
    const [client, files] = [await app.client(config), await app.logFiles(config)]
    client.release()
    files.release()
    await changeOften()
    await expect(client.value.repoExists('uDOS', 'typo')).rejects.toThrow(GitHubNetworkError)
    expect((await app.client(config)).value).not.toBe(client.value)
    expect((await app.logFiles(config)).value).not.toBe(files.value)
  })
})
