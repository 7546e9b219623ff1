import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/base/clock.js'
import { ConflictError } from '../../src/base/errors.js'
import { identify } from '../../src/process/identity.js'
import { type Crontab, openCrontab } from '../../src/schedules/cron/crontab.js'
import { installBlock, removeBlock } from '../../src/schedules/cron/install.js'
import { fakeCrontab } from '../support/crontab.js'

const begin = '# BEGIN wizard "/srv"'
const end = '# END wizard "/srv"'
const block = { begin, end, lines: [begin, '0 0 * * * w repo sync --due --quiet x', end] }
const yes = { confirm: async () => true }

let home: string
let crontab: Crontab
const tab = () => readFile(join(home, 'tab'), 'latin1')
const put = (text: string) => writeFile(join(home, 'tab'), text, 'latin1')

async function open(script = fakeCrontab, patience?: number): Promise<Crontab> {
  await mkdir(join(home, 'bin'), { recursive: true })
  await writeFile(join(home, 'bin/crontab'), script)
  await chmod(join(home, 'bin/crontab'), 0o755)
  const env = { HOME: home, PATH: `${join(home, 'bin')}:/usr/bin:/bin`, GITHUB_TOKEN: 'secret' }
  const self = await identify(process.pid)
  const lock = join(home, 'state/crontab.lock')
  return openCrontab({ env, clock: systemClock, self, lock, ...(patience ? { patience } : {}) })
}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'wizard-crontab-'))
  crontab = await open()
})
afterEach(() => rm(home, { recursive: true, force: true }))

describe('installBlock and removeBlock', () => {
  it('leave no crontab where there was none', { tags: ['deep'] }, async () => {
    expect((await installBlock(crontab, block, yes)).action).toBe('installed')
    expect(await tab()).toBe(`${block.lines.join('\n')}\n`)
    expect((await installBlock(crontab, block, yes)).action).toBe('unchanged')
    expect((await removeBlock(crontab, block, yes)).action).toBe('removed')
    await expect(tab()).rejects.toThrow('ENOENT')
    expect((await removeBlock(crontab, block, yes)).action).toBe('unchanged')
  })

  it('keep carriage returns, which `crontab -l` of Debian shows as two characters', {
    tags: ['deep'],
  }, async () => {
    const mine = 'MAILTO=me\r\n0 5 * * * printf "a\\r\\n"\n'
    await put(mine)
    await installBlock(crontab, block, yes)
    expect((await tab()).startsWith(mine)).toBe(true)
    expect((await installBlock(crontab, block, yes)).action).toBe('unchanged')
    const blind = await open(fakeCrontab.replace('-e) ', '-e) exit 1;'))
    await expect(removeBlock(blind, block, yes)).rejects.toThrow(/shows \\r/)
    await removeBlock(await open(), block, yes)
    expect(await tab()).toBe(mine)
  })

  it('keep the end of the last line where cron wants one', { tags: ['deep'] }, async () => {
    await put('0 5 * * * backup')
    await installBlock(crontab, block, yes)
    expect(await tab()).toBe(
      `0 5 * * * backup\n${block.lines.join('\n')}\n`.replace(
        begin,
        `${begin}\n# wizard: the line above had no end`,
      ),
    )
    await removeBlock(crontab, block, yes)
    expect(await tab()).toBe('0 5 * * * backup\n')
  })

  it('do nothing that was not agreed to', async () => {
    await put('0 5 * * * backup\n')
    expect((await installBlock(crontab, block, { confirm: async () => false })).action).toBe(
      'declined',
    )
    expect(await tab()).toBe('0 5 * * * backup\n')
  })

  it('see that somebody changed the block while they asked', async () => {
    const other = `0 6 * * * new\n${begin}\n${end}\n`
    const confirm = async () => {
      await put(other)
      return true
    }
    await expect(installBlock(crontab, block, { confirm })).rejects.toThrow(ConflictError)
    expect(await tab()).toBe(other)
  })

  it('keep what somebody wrote elsewhere while they asked', async () => {
    await put('0 5 * * * old\n')
    const confirm = async () => {
      await put('0 6 * * * new\n')
      return true
    }
    expect((await installBlock(crontab, block, { confirm })).action).toBe('installed')
    expect(await tab()).toBe(`0 6 * * * new\n${block.lines.join('\n')}\n`)
  })

  it('plan without a question, and change nothing', async () => {
    const confirm = () => Promise.reject(new Error('asked'))
    const request = { confirm, dryRun: true }
    expect(await installBlock(crontab, block, request)).toMatchObject({
      action: 'planned',
      before: null,
      after: block.lines,
    })
    await installBlock(crontab, block, yes)
    expect((await installBlock(crontab, block, request)).action).toBe('unchanged')
    expect((await removeBlock(crontab, block, request)).action).toBe('planned')
    expect(await tab()).toContain(end)
  })

  it('lose none of two that are made at once', { tags: ['deep'] }, async () => {
    const names = Array.from({ length: 4 }, (_, index) => `/srv/${index}`)
    await Promise.all(
      names.map(async (name) => {
        const marks = { begin: `# BEGIN wizard "${name}"`, end: `# END wizard "${name}"` }
        const own = { ...marks, lines: [marks.begin, marks.end] }
        await installBlock(crontab, own, yes)
      }),
    )
    for (const name of names) expect(await tab()).toContain(`# END wizard "${name}"\n`)
  })
})

/** The fake crontab, with these lines in place of its writing. */
const writing = (lines: string) => fakeCrontab.replace('-) ', `-) ${lines};;\n  --) `)

describe('a crontab program', () => {
  it.each([
    [
      'that is not allowed',
      'echo "You (me) are not allowed to use this program (crontab)" >&2; exit 1',
      /not allowed.*/,
      /cron\.allow.*systemd/,
    ],
    ['that fails without a word', 'exit 3', /does not say why/, /crontab -l/],
    ['that hangs', 'exec sleep 20', /did not answer within 0\.3 s/, /crontab -l/],
  ])('%s is told', async (_name, lines, message, hint) => {
    const broken = await open(`#!/bin/sh\n${lines}\n`, 300)
    const failed = await installBlock(broken, block, yes).catch((error: unknown) => error)
    expect(failed).toMatchObject({
      code: 'FAILED',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
  })

  it('that is not there is told with what to do', async () => {
    await rm(join(home, 'bin/crontab'))
    const self = await identify(process.pid)
    const env = { PATH: join(home, 'bin') }
    const none = openCrontab({ env, clock: systemClock, self, lock: join(home, 'lock') })
    const hint = expect.stringMatching(/install cron.*--format systemd/)
    await expect(none.read()).rejects.toMatchObject({ code: 'FAILED', hint })
  })

  it.each([
    [
      'before it wrote',
      'echo "disk full" >&2; exit 1',
      'old\n',
      /disk full/,
      /nothing was changed/,
    ],
    [
      'after it wrote',
      'cat > "$HOME/tab"; exit 1',
      undefined,
      /does not say why/,
      /changed nevertheless/,
    ],
    [
      'when half was written',
      'head -c 9 > "$HOME/tab"; kill -9 $$',
      'old\n# BEG'.slice(0, 9),
      /written/,
      /changed nevertheless/,
    ],
  ])('that fails %s is told so', async (_name, lines, left, message, hint) => {
    await put('old\n')
    const failed = await installBlock(await open(writing(lines)), block, yes).catch(
      (error: unknown) => error,
    )
    expect(failed).toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
    if (left !== undefined) expect(await tab()).toBe(left)
  })

  it('sees no token', async () => {
    const nosy = await open('#!/bin/sh\nenv; exit 0\n')
    expect(await nosy.read()).not.toContain('secret')
  })
})
