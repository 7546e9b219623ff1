/** A repository on the configured server. */
export interface Repo {
  owner: string
  repo: string
}

export const nameOf = ({ owner, repo }: Repo): string => `${owner}/${repo}`
