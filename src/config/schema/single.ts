import { z } from 'zod/mini'
import { type GitHubFile, githubFile } from './github.js'

const others = ['repos', 'components', 'webhooks', 'plugins'] as const

export const schemaKey = z
  .optional(z.string())
  .check(z.describe('The address of this schema, for editors; wizard does not read it.'))

/**
 * The top of a single file: the values of github.yaml, and the names of the other parts, whose
 * values are validated when they are read.
 */
export const singleTop: z.ZodMiniType<GitHubFile> = z.strictObject({
  ...githubFile.shape,
  repos: z.optional(z.unknown()),
  components: z.optional(z.unknown()),
  webhooks: z.optional(z.unknown()),
  plugins: z.optional(z.unknown()),
  $schema: schemaKey,
})

type OtherPart = (typeof others)[number]

/** The part that a top-level key of a single file belongs to. */
export const partOfKey = (key: unknown): OtherPart | 'github' =>
  others.find((one) => one === key) ?? 'github'
