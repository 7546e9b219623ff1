import { mkdir, readdir } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../../support/workspace.js'

let work: Workspace
beforeAll(async () => {
  work = await openWorkspace()
})
afterAll(() => work.close())

describe('CONFIG', () => {
  it('SHOW tells values and where they come from, and no secret', async () => {
    const env = { WIZARD_TIMEOUT: '7' }
    const { status, json, out } = await work.run(['CONFIG', 'SHOW', 'github', '--json'], { env })
    expect(status).toBe(0)
    expect(out).not.toContain(work.github.token)
    expect(json).toContainEqual(
      expect.objectContaining({ key: 'github.token', value: '***', from: 'file' }),
    )
    expect(json).toContainEqual(
      expect.objectContaining({
        key: 'github.owner',
        value: 'uDOS',
        source: expect.stringMatching(/config\/github\.yaml:\d+:\d+$/),
      }),
    )
    expect(json).toContainEqual({
      key: 'github.timeout',
      value: 7,
      source: 'WIZARD_TIMEOUT',
      from: 'variable',
    })
    expect((await work.wizard('CONFIG', 'SHOW', 'nothing')).status).toBe(3)
  })

  it('VALIDATE tells all that is wrong, with the line and a caret, and hides a token', async () => {
    await mkdir(work.path('wrong'))
    const token = `ghp_${'x'.repeat(36)}`
    await work.write('wrong/github.yaml', `github:\n  tokn: ${token}\n  timeout: fast\n`)
    await work.write('wrong/repos.yaml', 'repos:\n  a:\n    - repo: x\n      brnch: main\n')
    const { status, out, err } = await work.wizard('CONFIG', 'VALIDATE', '--config', 'wrong')
    expect(status).toBe(2)
    expect(out + err).not.toContain(token)
    expect(out).toContain(
      'wrong/repos.yaml:4:7: repos.a[0].brnch: unknown key; did you mean "branch"?\n        brnch: main\n        ^',
    )
    expect(out).toContain('wrong/github.yaml:3:12: github.timeout: expected a number, got fast')
    expect(err).toBe('error: 3 mistakes in the configuration\n')
    const { json } = await work.wizard('CONFIG', 'VALIDATE', '--config', 'wrong', '--json')
    expect(json.problems).toHaveLength(3)
    await work.write('wrong/github.yaml', `github:\n  ${token}: 1\n  timeout: ${token}\n`)
    const secret = await work.wizard('CONFIG', 'VALIDATE', '--config', 'wrong', '--json')
    expect(secret.json.problems).toHaveLength(3)
    expect(secret.out).not.toContain(token)
    expect(json.problems).toContainEqual(
      expect.objectContaining({ line: 4, column: 7, nearest: 'branch' }),
    )
    expect(await work.wizard('CONFIG', 'VALIDATE')).toMatchObject({ status: 0 })
  })

  it('VALIDATE puts the caret below what is wrong, whatever the width of what stands before it', async () => {
    await mkdir(work.path('wide'))
    const red = '\u001b[31m'
    const line = `    - { repo: x, branch: "日本", e\u0301: 1, "${red}k": 1, brnch: main }`
    await work.write('wide/repos.yaml', `repos:\n  a:\n${line}\n`)
    const { out } = await work.wizard('CONFIG', 'VALIDATE', '--config', 'wide')
    const shown = `  ${line.replace(red, '')}\n`
    // In the text before the last one, an accent has no width, and two characters are two columns
    // wide.
    expect(out).toContain(`${shown}  ${' '.repeat(line.indexOf('brnch') - 5 - 1 + 2)}^\n`)
    expect(out).toContain(`${shown}  ${' '.repeat(line.indexOf('e\u0301') + 2)}^\n`)
  })

  it('INIT writes files that are valid, and keeps those that are there', async () => {
    await mkdir(work.path('empty'))
    const silent = await work.wizard('CONFIG', 'INIT', '--config', 'bare')
    expect([silent.status, silent.err]).toEqual([2, expect.stringContaining('--owner or --from')])
    const bare = await work.wizard('CONFIG', 'INIT', '--yes', '--config', 'bare')
    expect(bare).toMatchObject({ status: 0, err: '' })
    expect((await work.wizard('CONFIG', 'VALIDATE', '--config', 'bare')).out).toContain(
      'is valid (2 files)',
    )
    const args = ['CONFIG', 'INIT', '--owner', 'me', '--from', 'ollama', '--config', 'full']
    expect((await work.wizard(...args, '--json')).json.files).toMatchObject([
      { status: 'written' },
      { status: 'written' },
    ])
    const text = await work.read('full/repos.yaml')
    expect(text).toContain('- from: ollama')
    await work.write('full/repos.yaml', `# mine\n${text}`)
    expect((await work.wizard(...args, '--json')).json.files).toMatchObject([
      { status: 'kept' },
      { status: 'kept' },
    ])
    expect(await work.read('full/repos.yaml')).toBe(`# mine\n${text}`)
    // Flags that have no effect are no success.
    const other = ['CONFIG', 'INIT', '--owner', 'you', '--from', 'uDOS', '--config', 'full']
    const { status, err } = await work.wizard(...other)
    expect([status, err]).toEqual([
      8,
      expect.stringMatching(
        /full\/github\.yaml already exists and was kept, without owner: you \(and 1/,
      ),
    ])
    expect((await readdir(work.path('full'))).sort()).toEqual(['github.yaml', 'repos.yaml'])
    expect(
      (await work.wizard('CONFIG', 'INIT', '--owner', 'no/name', '--config', 'bad')).status,
    ).toBe(2)
  })

  it('INIT --each names the repositories of today', async () => {
    await work.github.addRepository('uDOS/typo', { files: { 'a.txt': 'one\n' } })
    await work.wizard('CONFIG', 'INIT', '--from', 'uDOS', '--each', '--config', 'config')
    expect(await work.read('config/repos.yaml')).toMatch(/- owner: uDOS\n\s+repo: typo/)
  })

  it('PATH tells the folder, and SCHEMA a schema', async () => {
    const { json } = await work.wizard('CONFIG', 'PATH', '--json')
    expect(json).toMatchObject({ dir: work.path('config'), root: work.root })
    expect((await work.wizard('CONFIG', 'SCHEMA', 'repos.yaml', '--json')).json.title).toBe(
      'repos.yaml',
    )
    expect((await work.wizard('CONFIG', 'SCHEMA', 'repo')).status).toBe(2)
  })
})

describe('LOG SHOW', () => {
  it('shows what was done today, and tells which days there are', async () => {
    await work.repos({ tools: [{ repo: 'typo' }] })
    await work.wizard('REPO', 'SYNC')
    expect((await work.wizard('LOG', 'SHOW', 'sync')).out).toMatch(
      /\[INFO\] \[SYNC\] ✅ typo cloned/,
    )
    const { json } = await work.wizard('LOG', 'SHOW', '--json')
    expect(json).toContainEqual({
      time: expect.stringMatching(/Z$/),
      level: 'INFO',
      log: 'sync',
      message: expect.stringContaining('typo cloned'),
    })
    const none = await work.wizard('LOG', 'SHOW', 'sync', '--date', '2020-01-01')
    expect(none.status).toBe(3)
    expect(none.err).toMatch(/hint: available: \d{4}-/)
    expect((await work.wizard('LOG', 'SHOW', 'sink')).status).toBe(2)
    expect((await work.wizard('LOG', 'SHOW', '--date', 'never')).status).toBe(2)
    expect((await work.wizard('LOG', 'SHOW', '--follow', '--json')).status).toBe(2)
  })

  it('--follow ends at Ctrl-C', async () => {
    const follow = work.begin(['LOG', 'SHOW', '--follow'])
    await follow.wrote(/./)
    follow.interrupt()
    const { status } = await follow.ended
    expect(status).toBe(130)
  })
})
