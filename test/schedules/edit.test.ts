import { describe, expect, it } from 'vitest'
import { ConflictError } from '../../src/base/errors.js'
import {
  blockIn,
  fromBytes,
  inheritedAt,
  toBytes,
  withBlock,
  withoutBlock,
} from '../../src/schedules/cron/edit.js'

const blockOf = (dir: string, schedule = '0 0 * * *') => {
  const begin = `# BEGIN wizard "${dir}"`
  const end = `# END wizard "${dir}"`
  const job = `${schedule} /usr/bin/node /w.js repo sync --due --quiet --config ${dir}`
  return { begin, end, lines: [begin, '# wizard: every day at 00:00', job, end] }
}

const block = blockOf('/srv/ü/config')
const written = `${block.lines.join('\n')}\n`

const others: [name: string, text: string][] = [
  ['no crontab', ''],
  ['somebody’s jobs', 'MAILTO=me@example.org\n0 5 * * * backup\n'],
  ['CRLF', 'MAILTO=me\r\n0 5 * * * backup\r\n'],
  ['no end of the last line', '0 5 * * * backup'],
  ['CRLF, and no end of the last line', 'A=b\r\n0 5 * * * backup'],
  ['empty lines at its end', '0 5 * * * backup\n\n\n'],
  ['somebody else’s marked block', '# BEGIN ansible\n0 5 * * * backup\n# END ansible\n'],
  ['another configuration’s block', `${blockOf('/etc/config').lines.join('\n')}\n`],
  ['bytes that are no UTF-8', '0 5 * * * caf\xe9\n'],
  ['a megabyte', '0 5 * * * backup\n'.repeat(62_000)],
]

describe.each(others)('a crontab with %s', (_name, text) => {
  it('keeps every byte, and is as it was without the block', () => {
    const after = withBlock(text, block)
    expect(after.startsWith(text)).toBe(true)
    expect(after.endsWith('\n')).toBe(true)
    expect(blockIn(after, block)).toEqual(block.lines)
    expect(withBlock(after, block)).toBe(after)
    expect(withoutBlock(after, block)).toBe(text)
  })

  it('keeps what somebody writes above and below it', { tags: ['deep'] }, () => {
    const after = `0 1 * * * above\n${withBlock(text, block)}0 2 * * * below\n`
    const fresh = blockOf('/srv/ü/config', '30 6 * * *')
    expect(blockIn(withBlock(after, fresh), block)).toEqual(fresh.lines)
    const end = text !== '' && !text.endsWith('\n') ? '\n' : ''
    expect(withoutBlock(withBlock(after, fresh), block)).toBe(
      `0 1 * * * above\n${text}${end}0 2 * * * below\n`,
    )
  })
})

describe('a block', () => {
  it('that an editor gave CRLF is known, and written anew', () => {
    const text = toBytes(written.replaceAll('\n', '\r\n'))
    expect(blockIn(text, block)).toEqual(block.lines)
    expect(fromBytes(withBlock(text, block))).toBe(written)
    expect(withoutBlock(text, block)).toBe('')
  })

  it('of another configuration is not ours', () => {
    const two = withBlock(withBlock('', block), blockOf('/srv/ü/config2'))
    expect(withoutBlock(two, block)).toBe(withBlock('', blockOf('/srv/ü/config2')))
  })

  it.each([
    ['its end is gone', written.replace(block.end, '')],
    ['its begin is gone', written.replace(block.begin, '')],
    ['it is there twice', written + written],
    ['its marks are the wrong way round', `${block.end}\n${block.begin}\n`],
    ['somebody’s job is in it', written.replace(block.end, `0 5 * * * backup\n${block.end}`)],
    ['another block is in it', written.replace(block.end, `# BEGIN wizard "/x"\n${block.end}`)],
  ])('is left alone where %s', (_name, text) => {
    for (const edit of [withBlock, withoutBlock, blockIn]) {
      expect(() => edit(toBytes(text), block)).toThrow(ConflictError)
    }
  })
})

describe('inheritedAt', () => {
  it.each([
    ['MAILTO=me\nPATH=/bin\n', []],
    ['CRON_TZ=UTC\n', [/line 1 .*CRON_TZ=UTC/]],
    ['#\r\n TZ = "Europe/Berlin"\r\n', [/line 2 .*TZ=Europe\/Berlin/]],
    ['SHELL=/bin/bash\n', []],
    ['SHELL=/usr/bin/fish\n', [/SHELL=\/usr\/bin\/fish/]],
    [`${written}TZ=UTC\n`, []],
  ])('%j', (text, expected) => {
    const found = inheritedAt(toBytes(text), block)
    expect(found).toEqual(expected.map((pattern) => expect.stringMatching(pattern)))
  })
})
