import { resolve } from 'node:path'
import { UsageError } from '../../base/errors.js'
import { isShortRefName } from '../../base/names/ref.js'
import { fullNameOf, type Repo } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import type { Invocation } from '../../invocation.js'
import { originAround, repositoryAround, repositoryTarget } from '../targets.js'
import { defineVerb } from '../verb.js'
import { openPage } from '../web.js'
import { looksLikePath } from './folders.js'

export const browse = defineVerb({
  name: 'browse',
  summary: 'open a repository, a folder or a file in the browser',
  examples: [
    { command: 'wizard REPO BROWSE uDOS/typo', does: 'its page' },
    { command: 'wizard REPO BROWSE', does: 'the page of the clone that you are in' },
    { command: 'wizard REPO BROWSE typo src/main.ts --branch dev', does: 'a file on a branch' },
  ],
  args: [
    {
      name: 'repo',
      summary: 'owner/repo, a name, or . for the clone that you are in (default)',
      optional: true,
    },
    { name: 'path', summary: "from the repository's top", optional: true },
  ],
  flags: {
    branch: { type: 'text', value: 'R', summary: 'a branch or a tag; default: the default branch' },
    commit: { type: 'text', value: 'SHA', summary: 'as it was at a commit' },
  },
  async run(invocation, [target, path = ''], { branch, commit }) {
    if (branch !== undefined && commit !== undefined) {
      throw new UsageError('--branch and --commit exclude each other', {
        hint: 'wizard REPO BROWSE --help',
      })
    }
    const steps = [...refSteps(branch, commit), ...stepsOf(path)]
    const where = await repositoryFor(invocation, target)
    const { gitUrl } = (await invocation.config()).github
    const inside = steps.length > 0 && branch === undefined && commit === undefined
    const tree = steps.length === 0 ? [] : ['tree', ...(inside ? ['HEAD'] : []), ...steps]
    const address = [gitUrl, fullNameOf(where), ...tree.map(encodeURIComponent)].join('/')
    return openPage(invocation, address)
  },
  render: ({ url }) => ({ kind: 'lines', lines: [url] }),
})

async function repositoryFor(invocation: Invocation, target: string | undefined): Promise<Repo> {
  if (target === undefined) return repositoryAround(invocation, undefined)
  if (!looksLikePath(target)) return repositoryTarget(invocation, target)
  const origin = await originAround(invocation, resolve(invocation.cwd, target))
  if (origin !== null) return origin
  throw new UsageError(`${target} is not in a clone from the configured server`, {
    hint: 'name the repository: wizard REPO BROWSE OWNER/REPO',
  })
}

/** @throws UsageError for what can't be a branch or a commit */
function refSteps(branch: string | undefined, commit: string | undefined): string[] {
  if (branch !== undefined && !isShortRefName(branch))
    throw new UsageError(`not a branch or tag: ${oneLine(branch, 100)}`)
  if (commit !== undefined && !/^[0-9a-f]{4,64}$/i.test(commit))
    throw new UsageError(`not a commit id: ${oneLine(commit, 100)}`, {
      hint: 'write at least its first four hex digits',
    })
  return (branch ?? commit)?.split('/') ?? []
}

/** @throws UsageError for a path that leads out of the repository */
function stepsOf(path: string): string[] {
  const steps = path.split('/').filter((step) => step !== '' && step !== '.')
  if (!steps.includes('..')) return steps
  throw new UsageError(`${oneLine(path, 200)} leads out of the repository`, {
    hint: "a path starts at the repository's top, and has no ..",
  })
}
