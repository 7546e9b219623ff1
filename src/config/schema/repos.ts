import { z } from 'zod'
import { groupPattern } from '../../base/names/repository.js'
import { count, flag, localPath, ownerName, refName, repository, text } from './fields.js'
import { schedule } from './schedule.js'

const options = {
  branch: refName()
    .optional()
    .describe(
      "The branch to follow; a tag or a full commit id is a pin, moved by editing this line alone. Default: the repository's default branch.",
    ),
  auto_pull: flag().default(true).describe('Whether SYNC and PULL-ALL without a target take it.'),
  pull_schedule: schedule()
    .optional()
    .describe('When it falls due for --due: a cron expression of five fields, in local time.'),
  depth: count(1, 2_147_483_647)
    .optional()
    .describe('Commits to take at clone. Default: the full history of the branch, with its tags.'),
  on_diverged: z
    .enum(['block', 'backup'])
    .default('block')
    .describe(
      'What becomes of a branch that was rewritten upstream: `block` leaves it, `backup` keeps the old tip as refs/wizard/backup/TIME and follows, if the tree is clean.',
    ),
}

const globs = (description: string) => z.array(text()).default([]).describe(description)

const notBoth = z.never('expected either repo or from in an entry, not both').optional()

export const repositoryEntry = z
  .strictObject({
    owner: ownerName()
      .optional()
      .describe(
        'Its organisation or user. Default: github.owner, or what stands before the / in repo.',
      ),
    repo: repository('expected repo: NAME or OWNER/NAME, or from: OWNER').describe(
      'The repository: NAME, or OWNER/NAME.',
    ),
    destination: localPath()
      .optional()
      .meta({ default: '/library/{group}/{repo}' })
      .describe('Its folder, always inside ROOT; {owner}, {repo} and {group} are replaced.'),
    ...options,
    from: notBoth,
  })
  .meta({ title: 'One repository' })

export const sourceEntry = z
  .strictObject({
    from: ownerName().describe(
      'An organisation or user, all of whose repositories are taken. Entries of their own win over it.',
    ),
    match: globs('Globs over the names; one must match. Default: any name.'),
    exclude: globs('Globs over the names; none may match.'),
    topics: globs('Topics, any of which it must have. Default: no matter.'),
    visibility: z
      .enum(['public', 'private', 'internal'])
      .optional()
      .describe('Only these. Default: all that can be seen.'),
    archived: flag()
      .optional()
      .describe('true: archived ones alone; false: none of them. Default: both.'),
    forks: flag().optional().describe('true: forks alone; false: none of them. Default: both.'),
    destination: localPath()
      .optional()
      .meta({ default: '/library/{group}/{repo}' })
      .describe(
        'The folder of each, always inside ROOT, with {repo}; {owner} and {group} are replaced too.',
      ),
    ...options,
    repo: notBoth,
  })
  .meta({ title: 'Every repository of an organisation or user' })

/** repos.yaml */
export const reposFile = z.strictObject({
  repos: z
    .record(
      z.string().regex(groupPattern, {
        error:
          'expected the name of a group, which can be a folder: no "/" in it, no "." or "-" before it',
      }),
      z.array(z.union([repositoryEntry, sourceEntry])),
    )
    .describe('Groups of repositories, by name.'),
})

export type ReposFile = z.infer<typeof reposFile>
export type RepositoryValues = z.infer<typeof repositoryEntry>
export type SourceValues = z.infer<typeof sourceEntry>
