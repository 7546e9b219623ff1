import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { hasTool } from '../support/tools.js'
import { openWorkspace, type Workspace } from '../support/workspace.js'
import { openScreen, type Screen, type ScreenOptions } from './support/screen.js'

/** What a person sees, in a real terminal. The captures are kept beside this test, in screens/. */
describe.skipIf(!hasTool('tmux', '-V'))('a screen', () => {
  let work: Workspace
  const screens: Screen[] = []
  const open = async (options: Partial<ScreenOptions> = {}) => {
    const screen = await openScreen({ cwd: work.root, ...options })
    screens.push(screen)
    return screen
  }

  beforeAll(async () => {
    work = await openWorkspace()
    for (const name of [
      'core',
      'typo',
      'a-service-with-a-long-name-03',
      'a-service-with-a-long-name-10',
    ])
      await work.github.addRepository(`uDOS/${name}`, { files: { 'README.md': `# ${name}\n` } })
    const jobs = 'jobs: { unit: { steps: [{ name: Test, run: x }] } }'
    await work.github.addRepository('uDOS/runs', {
      files: { '.github/workflows/tests.yml': `name: Tests\non: push\n${jobs}\n` },
    })
    await work.repos({
      tools: ['core', 'typo'].map((repo) => ({ repo, destination: `/library/tools/${repo}` })),
      fleet: ['a-service-with-a-long-name-03', 'a-service-with-a-long-name-10', 'gone'].map(
        (repo) => ({
          repo,
          destination: `/library/fleet/${repo}`,
        }),
      ),
    })
  })
  afterEach(async () => {
    for (const screen of screens.splice(0)) await screen.close()
  })
  afterAll(() => work.close())

  /** Times and ports differ from run to run. */
  const stable = (text: string) =>
    text
      .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
      .replaceAll(/in [\d.\s]+s$/gm, 'in N s')
      .replaceAll(/\d+\s+\w+\s+ago:/g, 'N ago:')
      .replace(/\n\$$/, '')
      .replaceAll(/\d+ B, main/g, 'N B, main')
      .replaceAll(/just now|\d+ minutes? ago/g, 'just now')

  const ofSync = async (columns: number) => {
    const screen = await open({ columns, rows: 40 })
    await screen.enter(`rm -rf library .wizard; wizard REPO SYNC --concurrency 1; echo "exit $?"`)
    await screen.until(/^exit 1$/m)
    await screen.enter('wizard REPO STATUS; echo "exit $?"')
    const seen = await screen.until(/^exit 1$[\s\S]*^exit \d$/m)
    await expect(`${stable(seen)}\n`).toMatchFileSnapshot(`screens/sync-and-status-${columns}.txt`)
  }
  it('of REPO SYNC and STATUS at 80 columns', () => ofSync(80))
  it.each([40, 120])('of REPO SYNC and STATUS at %d columns', { tags: ['deep'] }, ofSync)

  it('in the background has no live lines', { tags: ['deep'] }, async () => {
    const fault = work.github.fail({ origin: 'git', delay: 'forever' })
    const screen = await open()
    await screen.enter('rm -rf library .wizard; clear; wizard REPO SYNC fleet &')
    await screen.enter('echo typed')
    await screen.until(/^typed$/m)
    expect(await screen.hasCursor()).toBe(true)
    fault.remove()
    expect(await screen.until(/3 repositories: /)).not.toContain('in hand')
  })

  it.each([
    ['REPO SYNC fleet', /3 in hand/],
    ['SHELL', /^wizard>$/m],
    ['REPO RESET typo', /\[y\/N\]$/],
  ])('that is closed ends %s without a crash', { tags: ['deep'] }, async (command, shown) => {
    await work.wizard('REPO', 'SYNC', 'typo')
    const fault = work.github.fail({ origin: 'git', delay: 'forever' })
    onTestFinished(() => fault.remove())
    const screen = await open()
    await screen.enter(
      `rm -rf library/fleet status; (trap "" HUP; wizard ${command}; echo $? > status)`,
    )
    await screen.until(shown)
    await screen.close()
    // 134 would be an abort.
    await vi.waitFor(async () => expect((await work.read('status')).trim()).toBe('129'), 10_000)
  })

  it('of SHELL goes on after Ctrl-Z and fg', { tags: ['deep'] }, async () => {
    const screen = await open()
    await screen.enter('wizard SHELL')
    await screen.until(/^wizard>$/m)
    await screen.press('C-z')
    await screen.until(/Stopped/)
    await screen.enter('fg')
    await screen.until(/^wizard>$/m)
    await screen.enter('repo exists typo')
    await screen.until(/ exists\nwizard>$/)
    await screen.enter('EXIT')
    await screen.until(/EXIT\n\$$/)
    await screen.enter('echo "exit $?"')
    await screen.until(/^exit 0$/m)
  })

  it('of WORKFLOW RUNS and VIEW', { tags: ['deep'] }, async () => {
    const { actions } = work.github
    for (const conclusion of ['success', 'failure'] as const) {
      const run = await actions.add('uDOS/runs', { workflow: 'tests.yml' })
      run.createdAt = run.startedAt = '2020-01-14T12:00:00Z'
      actions.finish(run, { conclusion })
      run.updatedAt = '2020-01-14T12:02:03Z'
    }
    const screen = await open()
    await screen.enter('wizard WORKFLOW RUNS runs; wizard WORKFLOW VIEW runs/tests; echo end')
    const seen = await screen.until(/^end$/m)
    expect(seen).toMatch(/^\d+ +tests\.yml +failure +main +2m 3s +\d years ago$/m)
    expect(seen).toMatch(/^tests\.yml #\d+ +failure +\d years ago +2m 3s$/m)
  })

  describe('while a sync is in hand', () => {
    let release: () => void
    const begin = async (options: Partial<ScreenOptions> = {}) => {
      const fault = work.github.fail({ origin: 'git', delay: 'forever' })
      release = () => fault.remove()
      const screen = await open(options)
      await screen.enter('rm -rf library .wizard; clear; wizard REPO SYNC fleet; echo "exit $?"')
      await screen.until(/3 in hand/)
      expect(await screen.hasCursor()).toBe(false)
      return screen
    }
    afterEach(() => release())

    it('Ctrl-Z leaves a clean screen with a cursor, and fg goes on', async () => {
      const screen = await begin()
      await screen.press('C-z')
      const stopped = await screen.until(/Stopped/)
      expect(stopped).not.toContain('in hand')
      expect(await screen.hasCursor()).toBe(true)
      await screen.enter('fg')
      await screen.until(/3 in hand/)
      expect(await screen.hasCursor()).toBe(false)
      await screen.press('C-c')
      await screen.until(/^error: interrupted$/m)
      await screen.enter('echo "status $?"')
      const ended = await screen.until(/^status 130$/m)
      expect(ended).not.toContain('in hand')
      expect(await screen.hasCursor()).toBe(true)
    })

    it('a narrower window leaves no stale lines', { tags: ['deep'] }, async () => {
      const screen = await begin({ columns: 100 })
      await screen.resize(42)
      await screen.until(/^ {4}uDOS\/a-servi.*….*connecting, \d+ s$/m)
      await screen.resize(80)
      const seen = await screen.until(/^\S 0\/3 repositories, 3 in hand, \d+ s$/m)
      expect(seen.match(/in hand/g)).toHaveLength(1)
      expect(seen.match(/connecting/g)).toHaveLength(3)
      await screen.press('C-c')
      await screen.until(/^exit 130$/m)
    })
  })

  describe.skipIf(!hasTool('less'))('of a long result', () => {
    it('is read with a pager, and quitting it is no failure', async () => {
      const screen = await open({ rows: 5, env: { TERM: 'screen-256color' } })
      await screen.enter('wizard REPO LIST; echo "exit $?"')
      await screen.until(/^:$/m)
      expect(await screen.text()).toMatch(/^REPOSITORY/m)
      await screen.press('C-c')
      // A key that comes while less handles the interrupt is lost.
      const quit = async () => {
        const shown = await screen.text()
        if (shown.endsWith('\n:')) await screen.press('q')
        expect(shown).toMatch(/^exit 0$/m)
      }
      await vi.waitFor(quit, 20_000)
    })

    it('is no failure where it is quit before its end', { tags: ['deep'] }, async () => {
      const line = `2026-01-14T10:00:00.0000000Z ${'x'.repeat(90)}\n`
      const run = await work.github.actions.add('uDOS/runs', { workflow: 'tests.yml' })
      work.github.actions.finish(run, { logs: {} })
      for (const job of run.jobs) job.log = line.repeat(20_000)
      const screen = await open({ rows: 8 })
      await screen.enter(`wizard WORKFLOW LOGS runs/${run.id}; echo "exit $?"`)
      await screen.until(/xxx\n:$/)
      await screen.press('q')
      expect(await screen.until(/^exit \d+$/m)).toMatch(/^exit 0$/m)
    })

    it.each([
      ['WIZARD_PAGER=cat', { WIZARD_PAGER: 'cat', PAGER: 'less' }],
      ['an empty PAGER', { PAGER: '' }],
      ['a pager that is not there', { PAGER: 'no-such-pager -x' }],
    ])('is printed whole with %s', { tags: ['deep'] }, async (_why, env) => {
      const screen = await open({ rows: 5, env })
      await screen.enter('wizard REPO LIST; echo "exit $?"')
      expect(await screen.until(/^exit 0$/m)).toContain('uDOS/')
    })

    it('goes through a pager of several words, without the token', async () => {
      const env = { PAGER: `sed "s/^/> /" | tee seen; env > known` }
      const screen = await open({ rows: 5, env: { ...env, GITHUB_TOKEN: work.github.token } })
      await screen.enter('wizard REPO LIST; echo "exit $?"')
      await screen.until(/^exit 0$/m)
      expect(await work.read('seen')).toContain('> uDOS/core')
      expect(await work.read('known')).not.toContain(work.github.token)
    })
  })

  it.skipIf(!hasTool('mandoc', '-V'))('of a page of the manual', async () => {
    const screen = await open()
    await screen.enter('wizard MAN REPO SYNC; echo "exit $?"')
    expect(await screen.until(/NAME/)).toMatch(/wizard-repo-sync/i)
    await screen.press('q')
    await screen.until(/^exit 0$/m)
  })
})
