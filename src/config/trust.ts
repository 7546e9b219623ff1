import { resolve } from 'node:path'
import { GitHubAuthError } from '../base/errors.js'
import type { HintParts } from '../base/hint.js'
import { apiOfHost, gitUrlOf, isGitHub, isLoopback, parseUrl } from '../base/names/host.js'
import { oneLine } from '../base/text.js'
import {
  besideFiles,
  type ConfigFolder,
  type ConfigRequest,
  placeOf,
  type Variables,
} from './locate/folder.js'
import { contains, realForm, rootOf } from './locate/root.js'
import { showFile } from './locate/show-file.js'
import type { GitHubFile } from './schema/github.js'
import { overrides } from './settings/resolve-setting.js'
import type { ConfigDocument } from './yaml/document.js'
import { oneVariable } from './yaml/interpolate.js'

/*
 * A folder that was found by searching may have come with a repository that was just cloned, so it
 * must not redirect a credential. It may name hosts that would see the credential anyway:
 * github.com, this machine, and those that the environment or the user's own folder names. Its
 * `.env` does not count, because the same author wrote it. Its App's private key must not be
 * somebody else's file. It may do what its verbs do when somebody calls them there by name, as a
 * makefile may.
 */

export interface TrustRequest {
  request: ConfigRequest
  folder: ConfigFolder
  /** github.yaml; null: the folder has none. */
  file: ConfigDocument<GitHubFile> | null
  variables: Variables | null | undefined
  /** github.yaml of the user's own folder; read only if the result depends on it. */
  readOwn(): Promise<GitHubFile['github'] | undefined>
}

/** @throws GitHubAuthError with the file, the key and the host */
export async function assertTrusted(trust: TrustRequest): Promise<void> {
  if (trust.folder.origin !== 'found') return
  const { file } = trust
  const found = await Promise.all([
    strangerInEnvFile(trust),
    ...(file === null ? [] : strangersIn({ ...trust, file })),
  ])
  const [first, ...details] = found.filter((one) => one !== null)
  if (first) throw first(details.map((make) => make()))
}

type FileTrust = TrustRequest & { file: ConfigDocument<GitHubFile> }

const strangersIn = (trust: FileTrust): Promise<Stranger | null>[] => [
  strangerAsHost(trust, 'base_url'),
  strangerAsHost(trust, 'git_url'),
  strangerAsHost(trust, 'proxy'),
  strangerAsKey(trust),
]

/** Creates the error with further errors in its details. */
type Stranger = (details?: GitHubAuthError[]) => GitHubAuthError

type HostKey = 'base_url' | 'git_url' | 'proxy'

async function strangerAsHost(trust: FileTrust, key: HostKey): Promise<Stranger | null> {
  const address = trust.file.value.github?.[key]
  if (address == null || trust.request.env[overrides[`github.${key}`]]) return null
  const { hostname } = new URL(address)
  const role = key === 'proxy' ? proxies : servers
  return (await isTrustedHost(trust, role, hostname)) ? null : foreign(trust, key, hostname)
}

/** GITHUB_API_URL in the folder's `.env` is its `base_url`, if nothing stronger is set. */
async function strangerInEnvFile(trust: TrustRequest): Promise<Stranger | null> {
  const { variables, file, request } = trust
  const { GITHUB_API_URL, WIZARD_BASE_URL } = request.env
  if (file?.value.github?.base_url != null || GITHUB_API_URL || WIZARD_BASE_URL) return null
  const hostname = parseUrl(variables?.own.GITHUB_API_URL ?? '')?.hostname
  if (!hostname || (await isTrustedHost(trust, servers, hostname))) return null
  const shown = showFile(variables?.file ?? '', request.cwd)
  const message = `${shown}: GITHUB_API_URL names ${oneLine(hostname, 100)}, and a configuration found by searching gets no credential for it`
  const hint = [...remedy(trust), ', or name the host in GH_HOST']
  return (details) => new GitHubAuthError(message, { hint, details })
}

async function isTrustedHost(trust: TrustRequest, role: Role, hostname: string): Promise<boolean> {
  if (isLoopback(hostname) || isGitHub(hostname)) return true
  if (role.fromEnvironment(trust.request.env).includes(hostname)) return true
  return role.fromFile(await trust.readOwn()).includes(hostname)
}

/** How a host is used: one that is named as a proxy is trusted only as a proxy. */
interface Role {
  fromEnvironment(env: ConfigRequest['env']): string[]
  fromFile(github: GitHubFile['github'] | undefined): string[]
}

const servers: Role = {
  fromEnvironment({ GITHUB_API_URL, GH_HOST, WIZARD_BASE_URL, WIZARD_GIT_URL }) {
    const api = [GITHUB_API_URL, GH_HOST && apiOfHost(GH_HOST), WIZARD_BASE_URL]
    return hostnames([...api.flatMap(withGit), WIZARD_GIT_URL])
  },
  fromFile: (github) => hostnames([...withGit(github?.base_url), github?.git_url]),
}

const proxies: Role = {
  fromEnvironment(env) {
    const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY']
    const values = names.flatMap((name) => [env[name], env[name.toLowerCase()]])
    // curl accepts HOST:PORT too.
    return hostnames(
      values.map((value) => value && (value.includes('://') ? value : `http://${value}`)),
    )
  },
  fromFile: (github) => hostnames([github?.proxy]),
}

type Address = string | null | undefined

const withGit = (api: Address): Address[] => (api && parseUrl(api) ? [api, gitUrlOf(api)] : [])

const hostnames = (addresses: Address[]): string[] =>
  addresses.flatMap((address) => (address && parseUrl(address)?.hostname) || [])

/** Shows the file's own text, not the replaced variables, which may contain a secret. */
function foreign(trust: FileTrust, key: HostKey, hostname: string): Stranger {
  const { file } = trust
  const path = ['github', key]
  const source = file.source(path)
  const hasVariables = source?.from === 'file' && source.variables.length > 0
  const host = hasVariables ? 'a host made of variables' : oneLine(hostname, 100)
  const { shown, place } = file.where(path)
  const message = `${shown} names ${host}, and a configuration found by searching gets no credential for it`
  const variable = key === 'proxy' ? 'HTTPS_PROXY' : 'GH_HOST'
  const hint = [...remedy(trust), `, or name the host in ${variable}`]
  return (details) => new GitHubAuthError(message, { hint, place, details })
}

async function strangerAsKey(trust: FileTrust): Promise<Stranger | null> {
  const { folder, file, request } = trust
  const key = file.value.github?.app?.private_key
  if (key === undefined || request.env.WIZARD_TOKEN) return null
  const path = ['github', 'app', 'private_key']
  const variable = oneVariable(file.text(path) ?? '')
  if (variable && request.env[variable]) return null
  const project = await realForm(rootOf(folder))
  if (contains(project, await realForm(resolve(besideFiles(folder), key)))) return null
  const { shown, place } = file.where(path)
  const message = `${shown} names a file outside of its project, and a configuration found by searching gets no other credentials`
  return (details) => new GitHubAuthError(message, { hint: remedy(trust), place, details })
}

const remedy = ({ folder, request }: TrustRequest): HintParts => [
  'if it is yours, say so with ',
  { flag: 'config', value: showFile(placeOf(folder), request.cwd) },
  ' or WIZARD_CONFIG',
]
