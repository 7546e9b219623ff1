import { mkdir, readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkspace, type Workspace } from '../../support/workspace.js'

let work: Workspace
beforeAll(async () => {
  work = await openWorkspace()
})
afterAll(() => work.close())

/** Runs wizard in a folder of the workspace. */
const run = (cwd: string, ...args: string[]) => work.run(args, { cwd: work.path(cwd) })

async function write(name: string, text: string) {
  await mkdir(dirname(work.path(name)), { recursive: true })
  await work.write(name, text)
}

describe('a single file', () => {
  it('INIT --single writes one that is valid, and keeps one that is there', async () => {
    await mkdir(work.path('new'))
    const args = ['CONFIG', 'INIT', '--single', '--owner', 'me', '--from', 'ollama']
    expect(await run('new', ...args)).toMatchObject({ status: 0, err: '' })
    expect(await readdir(work.path('new'))).toEqual(['wizard.config.yaml'])
    const { out } = await run('new', 'CONFIG', 'VALIDATE')
    expect(out).toBe(`${work.path('new')} is valid (1 file).\n`)
    const values = (await run('new', 'CONFIG', 'SHOW', '--json')).json
    expect(values).toContainEqual({
      key: 'github.owner',
      value: 'me',
      source: expect.stringMatching(/new\/wizard\.config\.yaml:\d+:\d+$/),
      from: 'file',
    })
    expect(values).toContainEqual(expect.objectContaining({ key: 'repos.ollama[0].from' }))
    const again = await run('new', ...args, '--json')
    expect(again).toMatchObject({ status: 0, json: { files: [{ status: 'kept' }] } })
    const other = await run('new', 'CONFIG', 'INIT', '--single', '--owner', 'you')
    expect([other.status, other.err]).toEqual([8, expect.stringContaining('without owner: you')])
  })

  it('INIT --single keeps another name, and writes where --config says', async () => {
    await write('other/.wizardrc', 'github: { owner: me }\n')
    const kept = await run('other', 'CONFIG', 'INIT', '--single', '--owner', 'me', '--json')
    expect(kept.json.files).toEqual([{ file: work.path('other/.wizardrc'), status: 'kept' }])
    expect(await readdir(work.path('other'))).toEqual(['.wizardrc'])
    await work.wizard('CONFIG', 'INIT', '--single', '--yes', '--config', 'there')
    expect(await readdir(work.path('there'))).toEqual(['wizard.config.yaml'])
    expect(await run('there', 'CONFIG', 'VALIDATE')).toMatchObject({ status: 0 })
  })

  it('PATH names it, and SCHEMA has its schema', async () => {
    await write('.hidden/.config/wizardrc.yaml', 'repos: {}\n')
    const { json } = await run('.hidden', 'CONFIG', 'PATH', '--json')
    const file = work.path('.hidden/.config/wizardrc.yaml')
    expect(json).toMatchObject({
      dir: work.path('.hidden'),
      single: file,
      root: work.path('.hidden'),
      files: { github: file, repos: file },
    })
    expect((await run('.hidden', 'CONFIG', 'PATH')).out).toContain(file)
    const schema = await work.wizard('CONFIG', 'SCHEMA', 'wizard.config.yaml', '--json')
    expect(Object.keys(schema.json.properties)).toEqual(
      expect.arrayContaining(['github', 'root', 'repos', 'components', 'webhooks', 'plugins']),
    )
  })

  it('VALIDATE shows the place in a package.json', async () => {
    await write('npm/package.json', '{\n\t"wizard": {\n\t\t"rooot": "."\n\t}\n}\n')
    const { status, out } = await run('npm', 'CONFIG', 'VALIDATE')
    expect(status).toBe(2)
    expect(out).toContain('package.json:3:3: rooot: unknown key; did you mean "root"?')
    expect(out).toMatch(/"rooot": "\."\n\s+\^/)
  })

  it('warns once of another one beside it', async () => {
    await write('two/.wizardrc', 'repos: { t: [{ repo: o/x }] }\n')
    await write('two/.wizardrc.json', '{}')
    const warning = `warning: ${work.path('two/.wizardrc.json')} was not read, because another configuration beside it comes first\n`
    for (const args of [
      ['REPO', 'LIST', '--local'],
      ['CONFIG', 'SHOW'],
      ['CONFIG', 'VALIDATE'],
    ]) {
      const { status, err } = await run('two', ...args)
      expect([status, err]).toEqual([0, warning])
    }
  })

  it('is edited by REPO ADD and REMOVE, and has its clones beside it', async () => {
    await write('edit/wizard.config.yaml', 'github: { owner: uDOS }\n')
    const none = await run('edit', 'REPO', 'SYNC')
    expect([none.status, none.err]).toEqual([
      2,
      expect.stringContaining(
        'wizard.config.yaml has no repos, so there are no repositories to keep',
      ),
    ])
    expect(await run('edit', 'REPO', 'ADD', 'typo', '--group', 'g', '--no-check')).toMatchObject({
      status: 0,
    })
    expect(await work.read('edit/wizard.config.yaml')).toBe(
      'github: { owner: uDOS }\nrepos:\n  g:\n    - owner: uDOS\n      repo: typo\n',
    )
    const listed = await run('edit', 'REPO', 'LIST', '--local', '--json')
    expect(listed.json).toMatchObject([{ path: work.path('edit/library/g/typo') }])
    expect(await run('edit', 'REPO', 'REMOVE', 'typo')).toMatchObject({ status: 0 })
    expect(await work.read('edit/wizard.config.yaml')).toContain('g: []')
  })

  it('is what a schedule names', async () => {
    await write(
      'timed/wizard.config.yaml',
      'repos:\n  t:\n    - repo: o/x\n      pull_schedule: "0 3 * * *"\n',
    )
    const file = work.path('timed/wizard.config.yaml')
    const cron = await run('timed', 'SCHEDULE', 'PRINT')
    expect(cron.out).toContain(`--config ${file}`)
    expect(cron.out).toContain(`# BEGIN wizard "${file}"`)
    const actions = await run('timed', 'SCHEDULE', 'PRINT', '--format', 'github-actions')
    expect(actions.out).toContain('--config wizard.config.yaml')
  })
})
