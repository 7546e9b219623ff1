import type { Files } from 'local-github'
import type { Workspace } from './workspace.js'

/** A repository below uDOS with these files. @returns the commit that its main branch is at */
export async function repositoryWith(work: Workspace, repo: string, files: Files) {
  await work.github.addRepository(`uDOS/${repo}`, { files })
  return work.github.oid(`uDOS/${repo}`, 'main')
}

/** A submodule's path, its entry in `.gitmodules`, and its commit. */
export interface Pointed {
  path: string
  oid: string
  url: string
  name?: string
  more?: string
}

/** The files that make submodules of a commit. */
export function submodules(...all: Pointed[]): Files {
  const entries = all.map(
    ({ name, path, url, more = '' }) =>
      `[submodule "${name ?? path}"]\n\tpath = ${path}\n\turl = ${url}\n${more}`,
  )
  const links = all.map(({ path, oid }) => [path, { gitlink: oid }])
  return { '.gitmodules': entries.join(''), ...Object.fromEntries(links) }
}
