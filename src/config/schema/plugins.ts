import { z } from 'zod/mini'
import { indexPattern } from '../../base/names/repository.js'
import { flag, ownerName } from './fields.js'

/** plugins.yaml */
export const pluginsFile = z.strictObject({
  plugins: z
    .strictObject({
      topic: z
        ._default(
          z.string().check(
            z.regex(/^[a-z0-9][a-z0-9-]{0,49}$/, {
              error: 'expected a topic: lower-case letters, digits and hyphens',
            }),
          ),
          'udos-plugin',
        )
        .check(z.describe('The topic that marks a repository as a plugin.')),
      owners: z
        ._default(z.array(ownerName()), [])
        .check(z.describe('Organizations and users whose repositories are searched for plugins.')),
      index: z
        ._default(
          z.array(
            z
              .string()
              .check(z.regex(indexPattern, { error: 'expected OWNER/NAME or OWNER/NAME:PATH' })),
          ),
          [],
        )
        .check(
          z.describe(
            'Files that list plugins: OWNER/NAME, or OWNER/NAME:PATH (default: index.json).',
          ),
        ),
      udos_version: z
        .optional(
          z.string().check(
            z.regex(/^v?\d+(?:\.\d+)*(?:[-+.]?[A-Za-z][\w.+-]*)?$/, {
              error: 'expected a version, such as 1.4.0',
            }),
          ),
        )
        .check(z.describe('The version of uDOS that plugins must support. Default: not checked.')),
      require_signatures: z
        ._default(flag(), false)
        .check(z.describe('Whether to refuse plugins without a signature.')),
    })
    .check(z.describe('Where to find plugins, and which may be installed.')),
})

export type PluginsFile = z.infer<typeof pluginsFile>
