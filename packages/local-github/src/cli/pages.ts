import type { LocalGitHub } from '../index.js'
import { fullName } from '../model/repository.js'
import { namedFaults } from './named-faults.js'

const faultLines = Object.entries(namedFaults).map(
  ([name, { does }]) => `  ${name.padEnd(12)}${does}`,
)

export const help = `Serves a GitHub on this machine, for tests: REST, GraphQL, git, releases, Actions runs.

usage: npx local-github [flag…]

  --repo OWNER/NAME[=PATH]   a repository with a first commit; with PATH, the files of a folder, or the branches, tags
                             and LFS objects of a clone (what is not committed stays out). May be repeated, as
                             --owner, --token and --fault may
  --owner LOGIN              an organization without repositories
  --port PORT                the API's; git, uploads and storage have the next three (default: free ones)
  --host ADDRESS             where it listens (default: 127.0.0.1, which this machine alone reaches)
  --token TOKEN              a token that is good (default: ghp_local)
  --runs CONCLUSION[:N]      how runs of workflows end, and after how many answers that show them (default: success:2)
  --fault FAULT[:TIMES]      what every request meets, or the first TIMES
  --json                     prints the addresses as one line of JSON
  --help                     prints this

faults:
${faultLines.join('\n')}
  ${'400 to 599'.padEnd(12)}this status

It prints its addresses and serves until Ctrl-C (SIGINT, SIGTERM); then all that was in it is gone.
`

/** The text to print once it serves: addresses, repositories, and lines for a shell. */
export function addressesPage(github: LocalGitHub): string {
  const { repositories, env, ...record } = addressesRecord(github)
  const width = Math.max(...Object.keys(record).map((name) => name.length))
  const addresses = Object.entries(record).map(([name, value]) => `${name.padEnd(width)}  ${value}`)
  const listed = repositories.map(({ name, git_url }) => `${name}  ${git_url}`)
  const lines = Object.entries(env).map(([name, value]) => `export ${name}=${quoted(value)}`)
  const parts = [addresses, listed, lines, ['Serving until Ctrl-C.']]
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')}\n`
}

/** The output of `--json`. */
export function addressesRecord({
  apiUrl,
  gitUrl,
  uploadUrl,
  storageUrl,
  token,
  world,
}: LocalGitHub) {
  return {
    api_url: apiUrl,
    git_url: gitUrl,
    upload_url: uploadUrl,
    storage_url: storageUrl,
    token,
    repositories: world.repositories().map((repository) => {
      const name = fullName(repository)
      return { name, git_url: `${gitUrl}/${name}.git`, default_branch: repository.defaultBranch }
    }),
    env: {
      GITHUB_API_URL: apiUrl,
      GITHUB_SERVER_URL: gitUrl,
      GITHUB_GRAPHQL_URL: `${apiUrl}/graphql`,
      GITHUB_TOKEN: token,
      WIZARD_GIT_URL: gitUrl,
    },
  }
}

/** For a POSIX shell. */
const quoted = (value: string) =>
  /^[\w:/.-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`
