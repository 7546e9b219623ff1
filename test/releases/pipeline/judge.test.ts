import { describe, expect, it } from 'vitest'
import { ConflictError, UsageError } from '../../../src/base/errors.js'
import { asPublished, withMark } from '../../../src/releases/drafts/mark.js'
import {
  assertNamedVersion,
  assertReleasable,
  findOwn,
  isLatest,
} from '../../../src/releases/pipeline/judge.js'
import type { RemoteFacts, SourceFacts } from '../../../src/releases/pipeline/request.js'
import { draftOf, elsewhere, head, releaseOf, remoteOf, sourceOf, subjectOf } from '../support.js'

const subject = subjectOf()
const tag = 'core-v1.2.0'

describe('assertNamedVersion', () => {
  it.each([null, '1.2.0', 'core-v1.2.0'])('takes %j where the file says 1.2.0', (named) => {
    expect(() => assertNamedVersion(subject, named, '1.2.0')).not.toThrow()
  })

  it.each(['1.3.0', 'v1.2.0', 'core-v1.3.0', 'latest'])('refuses %j', (named) => {
    const check = () => assertNamedVersion(subject, named, '1.2.0')
    expect(check).toThrow(UsageError)
    expect(check).toThrow(`core/version.json says 1.2.0, not ${named}`)
  })
})

describe('findOwn', () => {
  const ours = withMark('notes', { verb: 'publish', subject }, tag)
  const find = (releases: RemoteFacts['releases'], tagged: string | null = null) =>
    findOwn(subject, tag, sourceOf(), { releases, tagged })

  it('finds nothing where there is nothing of the tag', () => {
    expect(find([])).toEqual({ published: null, drafts: [] })
    expect(find([releaseOf('core-v1.1.0'), draftOf('core-v1.3.0')])).toEqual({
      published: null,
      drafts: [],
    })
  })

  it('finds the release that was published, and then no draft', () => {
    const published = releaseOf(tag)
    expect(find([draftOf(tag), published], head)).toEqual({ published, drafts: [] })
  })

  it('finds our drafts, the oldest first', () => {
    const [young, old] = [draftOf(tag, { id: 9, body: ours }), draftOf(tag, { id: 7, body: ours })]
    expect(find([young, old])).toEqual({ published: null, drafts: [old, young] })
  })

  it.each([
    [
      'a tag at another commit',
      [],
      elsewhere,
      'core-v1.2.0 exists at another commit: bbbbbbb, while HEAD is aaaaaaa',
    ],
    [
      'a published one whose tag is elsewhere',
      [releaseOf(tag)],
      elsewhere,
      'exists at another commit',
    ],
    [
      'a draft of somebody else',
      [draftOf(tag)],
      null,
      'has a draft that somebody else made: https://github.com/',
    ],
    [
      'ours that was published, by its mark',
      [draftOf(tag, { body: asPublished(ours) })],
      head,
      'core-v1.2.0 was published, and then turned back into a draft: https://github.com/',
    ],
    [
      'ours that was published, by its time',
      [draftOf(tag, { body: ours, published_at: '2026-01-14T10:00:00Z' })],
      head,
      'core-v1.2.0 was published, and then turned back into a draft: https://github.com/',
    ],
    [
      'ours and another’s',
      [draftOf(tag, { id: 1, body: ours }), draftOf(tag, { id: 2 })],
      null,
      'core-v1.2.0 has 2 drafts: 1, 2',
    ],
  ])('refuses %s', (_name, releases, tagged, message) => {
    expect(() => find(releases, tagged)).toThrow(ConflictError)
    expect(() => find(releases, tagged)).toThrow(message)
  })

  it('goes on where the tag is at HEAD', () => {
    expect(find([], head)).toEqual({ published: null, drafts: [] })
  })
})

describe('assertReleasable', () => {
  const check = (
    source: Partial<SourceFacts>,
    remote: RemoteFacts = remoteOf(),
    allowBackport = false,
  ) => assertReleasable({ subject, allowBackport }, sourceOf(source), remote)
  const published = (...versions: string[]) => ({
    releases: versions.map((version) => releaseOf(`core-v${version}`)),
  })

  it.each<[string, Partial<SourceFacts>, RemoteFacts, boolean]>([
    ['the first version', {}, remoteOf(), false],
    ['a higher version', {}, remoteOf(['core-v1.1.9', 'other-v9.0.0', 'v9.0.0']), false],
    ['the same version, which goes on', {}, remoteOf([tag]), false],
    ['a lower version that somebody allows', {}, remoteOf(['core-v1.3.0']), true],
    ['a stable version below a pre-release', {}, remoteOf(['core-v1.3.0-rc.1']), false],
    ['a pre-release of what comes', { version: '1.3.0-rc.1' }, remoteOf(['core-v1.2.0']), false],
    ['untracked files', { untracked: ['notes.txt'] }, remoteOf(), false],
    [
      'a draft of a higher version',
      {},
      remoteOf([], { releases: [draftOf('core-v2.0.0')] }),
      false,
    ],
  ])('takes %s', (_name, source, remote, allow) => {
    expect(() => check(source, remote, allow)).not.toThrow()
  })

  it.each<[string, Partial<SourceFacts>, RemoteFacts, string]>([
    [
      'a change',
      { changed: ['core/a.txt'] },
      remoteOf(),
      '/srv/engine differs from HEAD: core/a.txt',
    ],
    [
      'many',
      { changed: ['1', '2', '3', '4', '5', '6'] },
      remoteOf(),
      'differs from HEAD: 1, 2, 3, 4, 5 …',
    ],
    [
      'what is not pushed',
      {},
      remoteOf([], { isPushed: false }),
      'HEAD of /srv/engine (aaaaaaa) is not pushed',
    ],
    [
      'a version below a tag',
      {},
      remoteOf(['core-v1.10.0', 'core-v1.9.0']),
      '1.2.0 is below 1.10.0',
    ],
    ['a version below a release', {}, remoteOf([], published('1.3.0')), '1.2.0 is below 1.3.0'],
    [
      'a pre-release below a pre-release',
      { version: '1.3.0-rc.1' },
      remoteOf(['core-v1.3.0-rc.2']),
      '1.3.0-rc.1 is below 1.3.0-rc.2',
    ],
    [
      'a pre-release below its version',
      { version: '1.2.0-rc.1' },
      remoteOf([tag]),
      '1.2.0-rc.1 is below 1.2.0',
    ],
  ])('refuses %s', (_name, source, remote, message) => {
    expect(() => check(source, remote)).toThrow(ConflictError)
    expect(() => check(source, remote)).toThrow(message)
  })
})

it.each<[string, string[], boolean]>([
  ['1.2.0', [], true],
  ['1.2.0', ['core-v1.1.0', 'core-v1.3.0-rc.1'], true],
  ['1.2.0', ['core-v1.3.0'], false],
  ['1.2.0', ['core-v1.2.0'], true],
  ['1.3.0-rc.1', [], false],
])('%s beside %j is the latest: %j', (version, tags, expected) => {
  expect(isLatest(subject, sourceOf({ version }), remoteOf(tags))).toBe(expected)
})
