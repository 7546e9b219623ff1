import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Asset, gitText, type LocalGitHub, type Release } from 'local-github'
import { expect } from 'vitest'
import { WizardError } from '../../src/base/errors.js'
import { type PublishSession, publish } from '../../src/releases/pipeline/publish.js'
import type { PublishRequest } from '../../src/releases/pipeline/request.js'
import type { ReleaseEvent } from '../../src/releases/session.js'
import { temporaryFolder } from '../git/support/real-git.js'
import type { TestClock } from '../support/clock.js'
import { sessionIn } from '../support/session.js'
import { subjectOf } from './support.js'

export const tag = 'core-v1.2.0'
const name = 'uDOS/engine'

/** A machine with a clone of its own, where the artifacts are built, unlike any other machine's. */
export interface Machine {
  session: PublishSession
  clock: TestClock
  warnings(): string[]
  /** `published`, `already-published`, `draft`, or the code of the error. */
  publish(more?: Partial<PublishRequest>): Promise<string>
}

/** The repository that the machines release. */
export const addEngine = (github: LocalGitHub): Promise<unknown> =>
  github.addRepository(name, {
    files: { 'core/version.json': '{"version":"1.2.0"}\n', '.gitignore': 'dist/\n' },
  })

export async function openMachine(github: LocalGitHub, host: string): Promise<Machine> {
  const root = temporaryFolder()
  const { apiUrl, gitUrl, token } = github
  const { session, clock, warnings } = await sessionIn<ReleaseEvent>(root, {
    ...{ apiUrl, gitUrl, token },
    userAgent: host,
  })
  const { client, self, ...rest } = session
  const source = join(root, 'engine')
  mkdirSync(source)
  await gitText(['clone', '--quiet', `${gitUrl}/${name}`, source])
  const own: PublishSession = {
    ...rest,
    ...{ github: client, server: client },
    self: { ...self, host, boot: host },
    farewell: (signal) => client.with({ signal }),
    buildRecord: join(root, 'core.build'),
    lock: async () => ({ release: async () => {} }),
  }
  mkdirSync(join(source, 'core/dist'))
  writeFileSync(join(source, 'core/dist/core.tcz'), host)
  writeFileSync(join(source, 'core/dist/core.iso'), `iso of ${host}`)
  const release = { artifacts: ['dist/*'], checksums: { sha256: 'SHA256SUMS' } }
  const request: PublishRequest = {
    ...{ subject: subjectOf({ release }), named: null, source, files: [] },
    ...{ notes: { kind: 'text', text: 'new' }, env: { PATH: process.env.PATH } },
    ...{ dryRun: false, draft: false, skipBuild: true, allowBackport: false },
  }
  return {
    ...{ session: own, clock, warnings },
    publish: (more) =>
      publish(own, { ...request, ...more }).then(
        ({ kind }) => kind,
        (error: unknown) => {
          if (error instanceof WizardError) return error.code
          throw error
        },
      ),
  }
}

export const releasesOf = (github: LocalGitHub): Release[] => github.world.require(name).releases

export async function forget(github: LocalGitHub): Promise<void> {
  releasesOf(github).length = 0
  await github.deleteTag(name, tag).catch(() => {})
}

/** The assets of the published release; null if there is none. */
export function publishedAssets(github: LocalGitHub): Pick<Asset, 'id' | 'digest'>[] | null {
  const published = releasesOf(github).find(({ draft }) => !draft)
  return published?.assets.map(({ id, digest }) => ({ id, digest })) ?? null
}

/** One published release and no draft; its assets are those that its checksums name. */
export function expectOneWhole(github: LocalGitHub): void {
  const releases = releasesOf(github)
  expect(releases.map(({ draft }) => draft)).toEqual([false])
  const assets = releases[0]?.assets ?? []
  const texts = new Map(assets.map((asset) => [asset.name, readFileSync(asset.file)]))
  const sums = ['core.iso', 'core.tcz'].map(
    (file) =>
      `${createHash('sha256')
        .update(texts.get(file) ?? '')
        .digest('hex')}  ${file}\n`,
  )
  expect(texts.get('SHA256SUMS')?.toString()).toBe(sums.join(''))
  expect(releases[0]?.body).not.toMatch(/ by /)
}
