import type { Endpoints } from '@octokit/types'

type Data<R extends keyof Endpoints> = Endpoints[R]['response']['data']

export interface Account {
  id: number
  nodeId: string
  login: string
  type: 'User' | 'Organization'
  /** Addresses by which its commits are known, in lower case. */
  emails: string[]
  createdAt: string
}

export interface Repository {
  readonly id: number
  readonly nodeId: string
  /** Path of the bare git repository, which stays when the repository is renamed. */
  readonly bare: string
  owner: Account
  name: string
  private: boolean
  /** Not to be seen with any token. */
  hidden: boolean
  archived: boolean
  fork: boolean
  topics: string[]
  description: string | null
  language: string | null
  stars: number
  defaultBranch: string
  createdAt: string
  updatedAt: string
  pushedAt: string
  /** Ids of workflow files and their states, by path; the files themselves are in git. */
  workflows: Map<string, WorkflowRecord>
  /** The newest first. */
  runs: Run[]
  /** The newest first. */
  releases: Release[]
  /** The id of the one that was made latest, where it was. */
  latestRelease: number | null
  /** Releases take no more assets once they are published. */
  immutableReleases: boolean
}

export const fullName = ({ owner, name }: Repository) => `${owner.login}/${name}`

export interface WorkflowRecord {
  id: number
  nodeId: string
  state: Data<'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}'>['state']
  createdAt: string
}

type JobData = Data<'GET /repos/{owner}/{repo}/actions/jobs/{job_id}'>

export interface Run {
  id: number
  nodeId: string
  number: number
  attempt: number
  workflowId: number
  workflowName: string
  path: string
  title: string
  event: string
  branch: string
  sha: string
  status: JobData['status']
  conclusion: JobData['conclusion']
  actor: Account
  createdAt: string
  updatedAt: string
  /** When its latest attempt began. */
  startedAt: string
  /** Before that time lists leave it out, though it can be asked for by itself. */
  listedFrom: string
  inputs: Record<string, string>
  /** Of the latest attempt. */
  jobs: Job[]
  /** Of the attempts before it, the first one first. */
  earlierJobs: Job[][]
  artifacts: Artifact[]
}

export interface Job {
  id: number
  nodeId: string
  /** Of the run, from 1. */
  attempt: number
  name: string
  status: JobData['status']
  conclusion: JobData['conclusion']
  startedAt: string
  completedAt: string | null
  steps: NonNullable<JobData['steps']>
  /** What it printed. */
  log: string
}

export interface Artifact {
  id: number
  nodeId: string
  name: string
  /** `sha256:…` of the zip. */
  digest: string
  /** The zip, as it is downloaded. */
  archive: Buffer
  expired: boolean
  createdAt: string
}

export interface Release {
  id: number
  nodeId: string
  tag: string
  target: string
  name: string | null
  body: string | null
  draft: boolean
  prerelease: boolean
  immutable: boolean
  author: Account
  createdAt: string
  publishedAt: string | null
  updatedAt: string
  assets: Asset[]
}

export interface Asset {
  id: number
  nodeId: string
  name: string
  label: string | null
  state: 'uploaded' | 'starter' | 'open'
  contentType: string
  /** Where its bytes are: they are not held in memory. */
  file: string
  size: number
  /** `sha256:…` */
  digest: string
  downloads: number
  uploader: Account
  createdAt: string
  updatedAt: string
}
