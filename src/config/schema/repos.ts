import { z } from 'zod/mini'
import { groupPattern } from '../../base/names/repository.js'
import { count, flag, localPath, ownerName, refName, repository, text } from './fields.js'
import { schedule } from './schedule.js'

const options = {
  branch: z
    .optional(refName())
    .check(
      z.describe(
        "The branch to follow; a tag or a full commit id is a pin, moved only by editing this line. Default: the repository's default branch.",
      ),
    ),
  auto_pull: z
    ._default(flag(), true)
    .check(z.describe('Whether SYNC and PULL-ALL without a target include it.')),
  pull_schedule: z
    .optional(schedule())
    .check(
      z.describe('When it is due for --due: a cron expression of five fields, in local time.'),
    ),
  depth: z
    .optional(count(1, 2_147_483_647))
    .check(
      z.describe(
        'How many commits to clone. Default: the full history of the branch, with its tags.',
      ),
    ),
  lfs: z
    ._default(flag(), true)
    .check(
      z.describe(
        'Whether files of Git LFS get their content; otherwise they are pointers, with the warning lfs.',
      ),
    ),
  submodules: z
    ._default(flag(), false)
    .check(
      z.describe(
        'Whether submodules get their files, at every depth; otherwise their folders are empty, with the warning submodules.',
      ),
    ),
  on_diverged: z
    ._default(z.enum(['block', 'backup']), 'block')
    .check(
      z.describe(
        'What to do when a branch was rewritten upstream: `block` leaves the clone as it is; `backup` keeps the old tip as refs/wizard/backup/TIME and follows, if the work tree is clean.',
      ),
    ),
}

const globs = (description: string) =>
  z._default(z.array(text()), []).check(z.describe(description))

const notBoth = z.optional(z.never('expected either repo or from in an entry, not both'))

export const repositoryEntry = z
  .strictObject({
    owner: z
      .optional(ownerName())
      .check(z.describe('Its organization or user. Default: the owner in repo, or github.owner.')),
    repo: repository('expected repo: NAME or OWNER/NAME, or from: OWNER').check(
      z.describe('The repository: NAME, or OWNER/NAME.'),
    ),
    destination: z
      .optional(localPath())
      .check(
        z.meta({ default: '/library/{group}/{repo}' }),
        z.describe('Its folder, always inside ROOT; {owner}, {repo} and {group} are replaced.'),
      ),
    ...options,
    from: notBoth,
  })
  .check(z.meta({ title: 'One repository' }))

export const sourceEntry = z
  .strictObject({
    from: ownerName().check(
      z.describe(
        'An organization or user: takes all its repositories. Explicit entries take precedence.',
      ),
    ),
    match: globs('Take only repositories whose names match one of these globs. Default: any name.'),
    exclude: globs('Leave out repositories whose names match one of these globs.'),
    topics: globs('Take only repositories with at least one of these topics. Default: any.'),
    visibility: z
      .optional(z.enum(['public', 'private', 'internal']))
      .check(
        z.describe('Take only repositories with this visibility. Default: all that you may see.'),
      ),
    archived: z
      .optional(flag())
      .check(z.describe('true: only archived repositories; false: none of them. Default: both.')),
    forks: z
      .optional(flag())
      .check(z.describe('true: only forks; false: none of them. Default: both.')),
    destination: z
      .optional(localPath())
      .check(
        z.meta({ default: '/library/{group}/{repo}' }),
        z.describe(
          'The folder of each, always inside ROOT, with {repo}; {owner} and {group} are replaced too.',
        ),
      ),
    ...options,
    repo: notBoth,
  })
  .check(z.meta({ title: 'Every repository of an organization or user' }))

/** repos.yaml */
export const reposFile = z.strictObject({
  repos: z
    .record(
      z.string().check(
        z.regex(groupPattern, {
          error:
            'expected the name of a group, which must be a valid folder name: no "/" in it, no "." or "-" at its start',
        }),
      ),
      z.array(z.union([repositoryEntry, sourceEntry])),
    )
    .check(z.describe('Groups of repositories, by name.')),
})

export type ReposFile = z.infer<typeof reposFile>
export type RepositoryValues = z.infer<typeof repositoryEntry>
export type SourceValues = z.infer<typeof sourceEntry>
