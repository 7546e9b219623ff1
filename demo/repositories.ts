import { join } from 'node:path'
import { type Files, GitFailure, gitText, type LocalGitHub } from 'local-github'

/**
 * Adds repositories with a history to the GitHub.
 *
 * @returns the full names of those that a sync clones
 */
export async function addRepositories(github: LocalGitHub, project: string): Promise<string[]> {
  await addEditor(github)
  await addLibrary(github)
  await github.addRepository('uDOS/empty', { empty: true })
  await github.addRepository('uDOS/secret', { private: true })
  await addOrganization(github)
  const own = (await addOwnCheckout(github, project)) ? ['uDOS/wizard'] : []
  return ['uDOS/typo', 'uDOS/library', 'uDOS/empty', 'uDOS/secret', 'ollama/models', ...own]
}

/** Branches, a merge and tags of both kinds. */
async function addEditor(github: LocalGitHub): Promise<void> {
  const name = 'uDOS/typo'
  await github.addRepository(name, { files: { 'README.md': '# typo\n', 'src/main.ts': '1\n' } })
  await github.tag(name, 'v1.0.0', { annotated: true, message: 'The first' })
  await github.branch(name, 'feature/cursor')
  const feature = await github.commit(name, {
    branch: 'feature/cursor',
    files: { 'src/cursor.ts': 'export {}\n' },
    message: 'Add a cursor',
  })
  await github.commit(name, { files: { 'src/main.ts': '2\n' }, message: 'Speed up' })
  await github.commit(name, {
    files: { 'src/cursor.ts': 'export {}\n' },
    merge: [feature],
    message: "Merge branch 'feature/cursor'",
  })
  await github.tag(name, 'v1.1.0')
}

/** Symlinks, exec bits, deep folders, names beyond ASCII, a file that became a folder, and some bulk. */
async function addLibrary(github: LocalGitHub): Promise<void> {
  const many = Array.from({ length: 400 }, (_, i): [string, string] => [
    `data/${i % 20}/${i}.txt`,
    `${i}\n`.repeat(i),
  ])
  const files: Files = {
    ...Object.fromEntries(many),
    'bin/run': { content: '#!/bin/sh\necho run\n', mode: '100755' },
    latest: { symlink: 'bin/run' },
    'a/b/c/d/e/f/g.txt': 'deep\n',
    'naïve – 名前.txt': 'names\n',
    'was-a-file': 'file\n',
  }
  await github.addRepository('uDOS/library', { files })
  await github.commit('uDOS/library', { files: { 'was-a-file/now-in-a-folder': 'file\n' } })
}

/** Found by listing the owner; the configuration filters out its archived repository. */
async function addOrganization(github: LocalGitHub): Promise<void> {
  await github.addRepository('ollama/models', { topics: ['llm'] })
  await github.addRepository('ollama/museum', { archived: true })
}

/**
 * wizard's own history, if this is a full checkout on a branch, rather than an unpacked archive or
 * a shallow clone of CI.
 */
async function addOwnCheckout(github: LocalGitHub, project: string): Promise<boolean> {
  await github.addRepository('uDOS/wizard', { empty: true })
  const whole = (await isWhole(project)) && (await imported(github, project))
  if (!whole) await github.remove('uDOS/wizard')
  return whole
}

const isWhole = (project: string): Promise<boolean> =>
  orFalse(async () => {
    const dir = join(project, '.git')
    return (await gitText(['rev-parse', '--is-shallow-repository'], { dir })) === 'false'
  })

const imported = (github: LocalGitHub, project: string): Promise<boolean> =>
  orFalse(async () => {
    await github.importFrom('uDOS/wizard', project)
    return true
  })

/** If git refuses here, there is just one repository less. */
async function orFalse(attempt: () => Promise<boolean>): Promise<boolean> {
  try {
    return await attempt()
  } catch (error) {
    if (error instanceof GitFailure) return false
    throw error
  }
}
