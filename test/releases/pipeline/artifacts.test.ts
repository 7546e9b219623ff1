import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { collectArtifacts } from '../../../src/releases/pipeline/make.js'
import type { PublishRequest } from '../../../src/releases/pipeline/request.js'
import { git, temporaryFolder } from '../../git/support/real-git.js'
import { subjectOf } from '../support.js'

let source: string
let outside: string
let warnings: string[]
beforeEach(() => {
  const folder = temporaryFolder()
  source = join(folder, 'work')
  outside = join(folder, 'outside')
  mkdirSync(outside)
  writeFileSync(join(outside, 'key'), 'secret')
  mkdirSync(join(source, 'core/dist'), { recursive: true })
  writeFileSync(join(source, 'core/main.txt'), 'main')
  git(source, ['init', '--quiet'])
  warnings = []
})

const link = (to: string, path: string) => symlinkSync(to, join(source, path))
const track = () => git(source, ['add', '--all', '.'])

/** @returns the names of the artifacts, or the first line of the refusal */
async function collected(artifacts: string[], files: string[] = []): Promise<string[] | string> {
  const subject = subjectOf({ release: { artifacts } })
  const paths = files.map((file) => join(source, file))
  const request = { subject, source, files: paths } as PublishRequest
  try {
    const found = await collectArtifacts(request, (message) => warnings.push(message))
    return found.map(({ name }) => name)
  } catch (error) {
    return (error as Error).message
  }
}

const refusal = expect.stringMatching(/points outside the work tree, to .*\/outside\/key, by /)

describe('an artifact that is a link', () => {
  it('is followed inside the work tree', async () => {
    link('../main.txt', 'core/dist/app')
    track()
    expect(await collected(['dist/*'])).toEqual(['app'])
    expect(warnings).toEqual([])
  })

  it.each<[string, string[], string[]]>([
    ['by a wildcard', ['dist/*'], []],
    ['by its path', ['dist/app'], []],
    ['on the command line', [], ['core/dist/app']],
  ])('is refused if git tracks it and it points outside: %s', async (_how, artifacts, files) => {
    link('../../../outside/key', 'core/dist/app')
    track()
    expect(await collected(artifacts, files)).toEqual(refusal)
  })

  it('is refused if a folder on the way is such a link', async () => {
    link('../../outside', 'core/out')
    track()
    expect(await collected(['out/*'])).toEqual(refusal)
  })

  it('is refused if it leads to such a link', async () => {
    link('../../outside/key', 'core/app')
    track()
    link('../app', 'core/dist/app')
    expect(await collected(['dist/app'])).toEqual(refusal)
  })

  it("is refused if it leads into git's own folder", async () => {
    link('../../.git/config', 'core/dist/app')
    track()
    expect(await collected(['dist/*'])).toEqual(
      expect.stringMatching(/points outside the work tree/),
    )
  })

  it('is refused if a build copied it to where a wildcard finds it', async () => {
    link(join(outside, 'key'), 'core/dist/app')
    expect(await collected(['dist/*'])).toEqual(refusal)
    expect(await collected(['dist/a{pp,}'])).toEqual(refusal)
  })

  it('is followed with a warning if somebody wrote its path', async () => {
    link(outside, 'core/bazel-bin')
    expect(await collected(['bazel-bin/*'])).toEqual(['key'])
    expect(await collected(['**/key', 'bazel-bin/key'])).toEqual(['key'])
    expect(warnings).toEqual([
      expect.stringMatching(
        /bazel-bin\/key points outside the work tree, to .*\/outside\/key: publishing/,
      ),
      expect.stringMatching(/bazel-bin\/key points outside/),
    ])
  })

  it('is judged by its real place where the work tree is reached by a link', async () => {
    link(outside, 'core/bazel-bin')
    const other = join(temporaryFolder(), 'other')
    symlinkSync(source, other)
    source = other
    expect(await collected(['bazel-bin/*'])).toEqual(['key'])
    track()
    expect(await collected(['bazel-bin/*'])).toEqual(refusal)
  })

  it('is none of this for a file elsewhere that the command line names', async () => {
    expect(await collected([], ['../outside/key'])).toEqual(['key'])
    expect(warnings).toEqual([])
  })
})

it('an artifact is no folder, which is named where a glob matches nothing but that', async () => {
  mkdirSync(join(source, 'core/dist/docs'))
  writeFileSync(join(source, 'core/dist/docs/a.html'), 'a')
  expect(await collected(['dist/*'])).toEqual(
    expect.stringMatching(/^dist\/\* matches no file in .*\/core, but the folder dist\/docs\/$/),
  )
  expect(await collected(['dist/docs/*'])).toEqual(['a.html'])
  expect(await collected(['dist/*.iso'])).toEqual(
    expect.stringMatching(/^dist\/\*\.iso matches no file in .*\/core$/),
  )
})
