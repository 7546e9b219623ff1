import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Run, type StoredFile, zip } from 'local-github'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConflictError, GitHubNotFoundError, PathError } from '../../../src/base/errors.js'
import { isTakenForGit } from '../../../src/base/names/git-folder.js'
import {
  type ArtifactOptions,
  downloadArtifacts,
} from '../../../src/workflows/artifacts/artifacts.js'
import { repo, type Stage, stage } from '../support.js'

let dir: string
let on: Stage
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'artifacts-'))
  on = await stage()
})
afterEach(async () => {
  await on.close()
  await rm(dir, { recursive: true })
})

async function finishedRun() {
  const run = await on.github.actions.add('uDOS/core', { workflow: 'tests.yml' })
  on.github.actions.finish(run)
  return run
}

const take = (runId: number, options: Partial<ArtifactOptions> = {}) =>
  downloadArtifacts(on.deps, repo, runId, { dir, ...options })

const text = (content: string | Buffer = 'x') => [{ name: 'a.txt', content }]

describe('downloadArtifacts', () => {
  it('unpacks each into a folder of its name, without the token', async () => {
    const run = await finishedRun()
    const dist = on.github.actions.addArtifact(run, 'dist', text('one'))
    on.github.actions.addArtifact(run, 'docs', text('two'))
    const done = await take(run.id)
    const size = dist.archive.length
    expect(done).toEqual([
      { name: 'dist', path: join(dir, 'dist'), size, error: null },
      { name: 'docs', path: join(dir, 'docs'), size, error: null },
    ])
    expect(await readFile(join(dir, 'dist/a.txt'), 'utf8')).toBe('one')
    expect((await readdir(dir)).toSorted()).toEqual(['dist', 'docs'])
    const stored = on.github.requests.filter(({ origin }) => origin === 'storage')
    expect(stored).toHaveLength(2)
    for (const { headers } of stored) expect(JSON.stringify(headers)).not.toMatch(/authorization/i)
    expect(on.events).toContainEqual({
      type: 'artifact-done',
      name: 'dist',
      path: join(dir, 'dist'),
      size,
    })
  })

  it('lists more than a page', { tags: ['deep'] }, async () => {
    const run = await finishedRun()
    for (let i = 0; i < 130; i++) on.github.actions.addArtifact(run, `part-${i}`, text())
    expect(await take(run.id)).toHaveLength(130)
    expect(await readdir(dir)).toHaveLength(130)
  })

  it('makes names safe, and keeps those apart that some file system takes for one', async () => {
    const run = await finishedRun()
    const names = [
      ...['..', 'CON', 'a/b', 'x\u001b[31m', 'End.', 'same', 'SAME', '.wizard-unpack-z', '.Wizard'],
    ]
    const added = names.map((name) => on.github.actions.addArtifact(run, name, text(name)))
    const done = await take(run.id)
    expect(done.map(({ path }) => path?.slice(dir.length + 1))).toEqual([
      '__',
      '_CON',
      'a_b',
      'x_[31m',
      'End_',
      `same-${added[5]?.id}`,
      `SAME-${added[6]?.id}`,
      '_.wizard-unpack-z',
      '_.Wizard',
    ])
    for (const { name, path } of done) {
      expect(await readFile(join(path ?? '', 'a.txt'), 'utf8')).toBe(name)
    }
  })

  const forGit = [
    ...['.git', '.GIT', '.git.', '.git ', '.git::$INDEX_ALLOCATION', 'git~1', 'GIT~1. '],
    ...['.g\u200cit', '\ufeff.git', '.gi\u206at'],
  ]
  it.each(forGit)('lets no artifact %j touch a repository', async (name) => {
    await mkdir(join(dir, '.git/hooks'), { recursive: true })
    await writeFile(join(dir, '.git/config'), 'mine')
    const run = await finishedRun()
    on.github.actions.addArtifact(run, name, [{ name: 'config', content: 'theirs' }])
    const [done] = await take(run.id, { clobber: true })
    expect(await readFile(join(dir, '.git/config'), 'utf8')).toBe('mine')
    expect(await readdir(dir)).toHaveLength(2)
    expect(isTakenForGit(basename(done?.path ?? '.git'))).toBe(false)
    expect(await readFile(join(done?.path ?? '', 'config'), 'utf8')).toBe('theirs')
  })

  it.each(['.git/config', 'sub/.GIT/hooks/post-checkout', 'git~1/config', 'a/.g\u200cit/config'])(
    'unpacks an entry %j beside what git would read, and says so',
    async (name) => {
      const run = await finishedRun()
      on.github.actions.addArtifact(run, 'site', [{ name, content: 'x' }])
      await take(run.id)
      const [file] = (await readdir(join(dir, 'site'), { recursive: true })).toSorted().slice(-1)
      expect(file?.split('/').some(isTakenForGit)).toBe(false)
      expect(await readFile(join(dir, 'site', file ?? ''), 'utf8')).toBe('x')
      const warnings = on.events.flatMap((one) => (one.type === 'warning' ? one.message : []))
      expect(warnings).toEqual([expect.stringContaining('artifact site: ')])
    },
  )

  it('adds to a folder with clobber, and keeps what no artifact has', async () => {
    const run = await finishedRun()
    on.github.actions.addArtifact(run, 'src', text('theirs'))
    await mkdir(join(dir, 'src'))
    await writeFile(join(dir, 'src/mine.txt'), 'mine')
    await take(run.id, { clobber: true })
    expect((await readdir(join(dir, 'src'))).toSorted()).toEqual(['a.txt', 'mine.txt'])
  })

  const addFile = (run: Run, name: string, file: Partial<StoredFile> = {}) =>
    on.github.actions.addFileArtifact(run, name, {
      ...{ content: Buffer.from('hello'), type: 'text/plain', fileName: name },
      ...file,
    })
  const archive = zip([{ name: 'a.txt', content: 'x' }])
  const record = gzipSync('a build')

  it.each([
    ['a text', { type: 'text/plain; charset=utf-8' }, 'hello'],
    ['a build record', { content: record, type: 'application/gzip' }, record],
    ['bytes without a type', { content: record, type: '' }, record],
    ['a Java archive', { content: archive, type: 'application/java-archive' }, archive],
    ['nothing', { content: Buffer.alloc(0), type: 'application/octet-stream' }, ''],
  ])('keeps %s as the file that it is', async (_what, file, content) => {
    const run = await finishedRun()
    const { archive: stored } = addFile(run, 'one', { ...file, fileName: 'my file.bin' })
    on.github.actions.addArtifact(run, 'two', text())
    expect(await take(run.id)).toEqual([
      { name: 'one', path: join(dir, 'one'), size: stored.length, error: null },
      { name: 'two', path: join(dir, 'two'), size: expect.any(Number), error: null },
    ])
    expect(await readdir(join(dir, 'one'))).toEqual(['my file.bin'])
    expect(await readFile(join(dir, 'one/my file.bin'))).toEqual(Buffer.from(content))
    expect((await readdir(dir)).toSorted()).toEqual(['one', 'two'])
  })

  it.each(['application/octet-stream', '', 'application/x-zip-compressed'])(
    'unpacks what begins like a zip and has the type "%s"',
    async (type) => {
      const run = await finishedRun()
      addFile(run, 'one', { content: archive, type })
      await take(run.id)
      expect(await readdir(join(dir, 'one'))).toEqual(['a.txt'])
    },
  )

  it.each([
    ['../../evil', '.._.._evil'],
    ['.git', '_.git'],
    ['con', '_con'],
  ])('makes the name %j of a file safe', async (fileName, safe) => {
    const run = await finishedRun()
    addFile(run, 'one', { fileName })
    await take(run.id)
    expect(await readdir(join(dir, 'one'))).toEqual([safe])
  })

  it('replaces such a file with clobber alone, and nothing beside it', async () => {
    const run = await finishedRun()
    addFile(run, 'one', { fileName: 'a' })
    await mkdir(join(dir, 'one'))
    await writeFile(join(dir, 'one/a'), 'old')
    await writeFile(join(dir, 'one/b'), 'mine')
    await expect(take(run.id)).rejects.toThrow(ConflictError)
    await take(run.id, { clobber: true })
    expect(await readFile(join(dir, 'one/a'), 'utf8')).toBe('hello')
    expect(await readFile(join(dir, 'one/b'), 'utf8')).toBe('mine')
  })

  it('takes those that are named, and tells of a name that there is not', async () => {
    const run = await finishedRun()
    for (const name of ['a', 'b', 'c']) on.github.actions.addArtifact(run, name, text())
    expect((await take(run.id, { names: ['a', 'c'] })).map(({ name }) => name)).toEqual(['a', 'c'])
    const unknown = take(run.id, { names: ['b', 'd'] })
    await expect(unknown).rejects.toThrow(GitHubNotFoundError)
    await expect(unknown).rejects.toMatchObject({ hint: 'available: a, b, c' })
    expect((await readdir(dir)).toSorted()).toEqual(['a', 'c'])
  })

  it('tells what has expired by its name, and takes the others', async () => {
    const run = await finishedRun()
    on.github.actions.addArtifact(run, 'old', text()).expired = true
    await expect(take(run.id)).rejects.toMatchObject({
      code: 'GITHUB_NOT_FOUND',
      status: 410,
      message: expect.stringContaining('the artifact old of'),
    })
    on.github.actions.addArtifact(run, 'new', text())
    expect(await take(run.id)).toMatchObject([
      { name: 'old', path: null, error: { code: 'GITHUB_NOT_FOUND', status: 410 } },
      { name: 'new', path: join(dir, 'new'), error: null },
    ])
  })

  it('takes the newest of several with one name, and reports that one only', async () => {
    const run = await finishedRun()
    on.github.actions.addArtifact(run, 'dist', text('one'))
    on.github.actions.addArtifact(run, 'dist', text('newer'))
    const path = join(dir, 'dist')
    expect(await take(run.id)).toMatchObject([{ name: 'dist', path, error: null }])
    expect(await readdir(dir)).toEqual(['dist'])
  })

  it('overwrites nothing, and asks before it downloads', async () => {
    const run = await finishedRun()
    on.github.actions.addArtifact(run, 'dist', text('one'))
    await take(run.id)
    run.artifacts.length = 0
    on.github.actions.addArtifact(run, 'dist', text('two'))
    const before = on.github.requests.length
    await expect(take(run.id)).rejects.toThrow(ConflictError)
    expect(on.github.requests.slice(before).filter(({ origin }) => origin === 'storage')).toEqual(
      [],
    )
    expect(await readFile(join(dir, 'dist/a.txt'), 'utf8')).toBe('one')
    await take(run.id, { clobber: true })
    expect(await readFile(join(dir, 'dist/a.txt'), 'utf8')).toBe('two')
  })

  it('begins again after a cut', async () => {
    const run = await finishedRun()
    on.github.actions.addArtifact(run, 'dist', text(Buffer.alloc(500_000, 'abc')))
    const cut = on.github.fail({ origin: 'storage', cutAfter: 100_000, times: 2 })
    await take(run.id)
    expect(cut.hits).toBe(2)
    expect(await readFile(join(dir, 'dist/a.txt'))).toHaveLength(500_000)
  })

  it('keeps what does not have its digest from the disk', async () => {
    const run = await finishedRun()
    on.github.actions.addArtifact(run, 'dist', text('one')).digest = `sha256:${'0'.repeat(64)}`
    await expect(take(run.id)).rejects.toThrow('do not match their checksum')
    expect(await readdir(dir)).toEqual([])
  })

  it('keeps what is unsafe from the disk, and takes the others', async () => {
    const run = await finishedRun()
    on.github.actions.addArtifact(run, 'evil', [{ name: '../../x', content: 'x' }])
    on.github.actions.addArtifact(run, 'good', text())
    expect(await take(run.id)).toMatchObject([
      { name: 'evil', path: null, error: { code: 'PATH' } },
      { name: 'good', path: join(dir, 'good') },
    ])
    expect(await readdir(dir)).toEqual(['good'])
    await expect(take(run.id, { maxSize: 10, clobber: true })).rejects.toThrow(PathError)
  })
})
