import { describe, expect, it } from 'vitest'
import { planPublish } from '../../../src/releases/pipeline/plan.js'
import type {
  PublishRequest,
  RemoteFacts,
  SourceFacts,
} from '../../../src/releases/pipeline/request.js'
import { noon } from '../../support/clock.js'
import { type ComponentChange, componentOf, draftOf, head, remoteOf, sourceOf } from '../support.js'

interface Change {
  request?: Partial<PublishRequest>
  release?: ComponentChange['release']
  source?: Partial<SourceFacts>
  remote?: RemoteFacts
  hasDraft?: boolean
}

function plan({ request, release, source, remote = remoteOf(), hasDraft = false }: Change = {}) {
  const component = componentOf({ release: { artifacts: ['dist/*'], ...release } })
  return planPublish({
    request: {
      subject: { owner: 'uDOS', repo: 'engine', component },
      named: null,
      source: '/srv/engine',
      files: [],
      notes: { kind: 'own' },
      dryRun: false,
      draft: false,
      skipBuild: false,
      allowBackport: false,
      env: {},
      ...request,
    },
    source: sourceOf(source),
    remote,
    notes: 'what is new',
    now: noon,
    found: { published: null, drafts: hasDraft ? [draftOf('core-v1.2.0')] : [] },
  })
}

const expiring = (tokenExpires: string) => remoteOf([], { tokenExpires })

const steps = (change: Change) => plan(change).steps.map(({ step }) => step)
const doing = (change: Change, name: string) =>
  plan(change).steps.find(({ step }) => step === name)?.does

const gpg = { cmd: 'gpg', args: [], signature: '{artifact}.asc' }
const all: Change['release'] = {
  build: ['make', 'make dist'],
  checksums: { sha256: 'SHA256SUMS', md5: '{artifact}.md5' },
  sign: [{ ...gpg, artifacts: 'checksum' }],
}

describe('planPublish', () => {
  it('says what is released, from where, and what was before', () => {
    expect(plan({ remote: remoteOf(['core-v1.1.0', 'core-v1.2.0-rc.1', 'v9.0.0']) })).toMatchObject(
      {
        component: 'core',
        repo: 'uDOS/engine',
        tag: 'core-v1.2.0',
        version: '1.2.0',
        commit: head,
        previous_tag: 'core-v1.1.0',
        prerelease: false,
        latest: true,
        artifacts: ['dist/*'],
        notes: 'what is new',
        warnings: [],
      },
    )
    expect(plan({ source: { version: '1.2.0-rc.1' } })).toMatchObject({
      tag: 'core-v1.2.0-rc.1',
      previous_tag: null,
      prerelease: true,
      latest: false,
    })
  })

  it.each<[string, Change, string]>([
    ['all', { release: all }, 'check build checksum sign draft upload verify publish confirm'],
    ['the least', { release: { artifacts: [] } }, 'check draft verify publish confirm'],
    ['a usual one', {}, 'check draft upload verify publish confirm'],
    ['--draft', { request: { draft: true } }, 'check draft upload verify'],
    [
      '--skip-build',
      { release: all, request: { skipBuild: true } },
      'check checksum sign draft upload verify publish confirm',
    ],
    [
      'nothing to sum or to sign',
      { release: { ...all, artifacts: [] } },
      'check build draft verify publish confirm',
    ],
    [
      'files that were named',
      { release: { ...all, artifacts: [] }, request: { files: ['/srv/a'] } },
      'check checksum sign draft upload verify publish confirm',
    ],
  ])('%s', (_name, change, expected) => {
    expect(steps(change).join(' ')).toBe(expected)
  })

  it('says of each step what it does', () => {
    expect(doing({ release: all }, 'build')).toBe('make && make dist')
    expect(doing({ release: all }, 'checksum')).toBe('SHA256SUMS, {artifact}.md5')
    expect(doing({ release: all }, 'sign')).toBe('gpg, checksum')
    expect(doing({}, 'draft')).toBe('create the draft of core-v1.2.0')
    expect(doing({ hasDraft: true }, 'draft')).toBe('continue the draft of core-v1.2.0')
    expect(doing({}, 'upload')).toBe('dist/*')
    expect(doing({ request: { files: ['/srv/a', '/srv/b'] } }, 'upload')).toBe('/srv/a, /srv/b')
    expect(plan({ request: { files: ['/srv/a'] } }).artifacts).toEqual(['/srv/a'])
  })

  it.each<[string, Change, string[]]>([
    ['of nothing', {}, []],
    [
      'of files that git does not track',
      { source: { untracked: ['1', '2', '3', '4', '5', '6'] } },
      ['/srv/engine has untracked files: 1, 2, 3, 4, 5 …'],
    ],
    [
      'of releases that stay as they are',
      { remote: remoteOf([], { immutable: true }) },
      ['releases here are immutable: once published, its assets stay as they are'],
    ],
    ['of no token that is good for a day', { remote: expiring('2026-01-15T12:00:00.000Z') }, []],
    [
      'of a token that ends today',
      { remote: expiring('2026-01-15T11:59:00.000Z') },
      [
        'the token expires in 23 hours (2026-01-15T11:59:00.000Z): work that is not done by then needs another one',
      ],
    ],
    [
      'of a token that ends soon',
      { remote: expiring('2026-01-14T13:00:30.000Z') },
      [
        'the token expires in 60 minutes (2026-01-14T13:00:30.000Z): work that is not done by then needs another one',
      ],
    ],
  ])('warns %s', (_name, change, warnings) => {
    expect(plan(change).warnings).toEqual(warnings)
  })
})
