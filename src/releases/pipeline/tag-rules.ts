import picomatch from 'picomatch'
import { z } from 'zod'
import { GitHubAuthError, GitHubNotFoundError } from '../../base/errors.js'
import type { Repo } from '../../base/names/repository.js'
import { oneLine } from '../../base/text.js'
import { getParsed, repositoryPath } from '../../github/rest/api.js'
import type { ReleaseDeps } from '../deps.js'

const summary = z.object({ id: z.number(), target: z.string().nullish(), enforcement: z.string() })
const ruleset = z.object({
  name: z.string(),
  current_user_can_bypass: z.string().nullish(),
  conditions: z
    .object({
      ref_name: z
        .object({ include: z.array(z.string()).nullish(), exclude: z.array(z.string()).nullish() })
        .nullish(),
    })
    .nullish(),
  rules: z.array(z.object({ type: z.string() })).nullish(),
})

type Ruleset = z.output<typeof ruleset>

/**
 * Tags are made when a release is published: a rule that forbids that is better known before.
 * https://docs.github.com/en/rest/repos/rules#get-all-repository-rulesets
 *
 * @throws GitHubAuthError where an active ruleset keeps this user from creating the tag
 */
export async function expectTagAllowed(
  { github }: Pick<ReleaseDeps, 'github'>,
  { owner, repo }: Repo,
  tag: string,
): Promise<void> {
  const path = `${repositoryPath(owner, repo)}/rulesets`
  for (const { id } of await activeTagRulesets(github, path)) {
    const found = await getParsed(github, `${path}/${id}?includes_parents=true`, ruleset)
    if (!forbids(found, `refs/tags/${tag}`)) continue
    throw new GitHubAuthError(`the rule ${oneLine(found.name, 100)} keeps ${tag} from being made`, {
      hint: 'an administrator can let you bypass it, or make the tag',
    })
  }
}

async function activeTagRulesets(github: ReleaseDeps['github'], path: string) {
  try {
    const query = '?targets=tag&includes_parents=true&per_page=100'
    const found = await getParsed(github, `${path}${query}`, z.array(summary))
    return found.filter(({ target, enforcement }) => target === 'tag' && enforcement === 'active')
  } catch (error) {
    // Servers without rulesets, plans without them, and tokens that may not see them.
    if (error instanceof GitHubNotFoundError || error instanceof GitHubAuthError) return []
    throw error
  }
}

function forbids({ rules, conditions, current_user_can_bypass: bypass }: Ruleset, ref: string) {
  if (bypass === 'always' || bypass === 'exempt') return false
  if (!rules?.some(({ type }) => type === 'creation')) return false
  const { include, exclude } = { include: null, exclude: null, ...conditions?.ref_name }
  const matches = (pattern: string) =>
    pattern === '~ALL' || picomatch.isMatch(ref, pattern, { dot: true })
  return (include ?? []).some(matches) && !(exclude ?? []).some(matches)
}
