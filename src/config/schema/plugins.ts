import { z } from 'zod'
import { indexPattern } from '../../base/names/repository.js'
import { flag, ownerName } from './fields.js'

/** plugins.yaml */
export const pluginsFile = z.strictObject({
  plugins: z
    .strictObject({
      topic: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,49}$/, {
          error: 'expected a topic: small letters, digits and hyphens',
        })
        .default('udos-plugin')
        .describe('The topic that marks a repository as a plugin.'),
      owners: z
        .array(ownerName())
        .default([])
        .describe('Organisations and users whose repositories are looked through for plugins.'),
      index: z
        .array(z.string().regex(indexPattern, { error: 'expected OWNER/NAME or OWNER/NAME:PATH' }))
        .default([])
        .describe('Files that list plugins: OWNER/NAME, or OWNER/NAME:PATH (default: index.json).'),
      udos_version: z
        .string()
        .regex(/^v?\d+(?:\.\d+)*(?:[-+.]?[A-Za-z][\w.+-]*)?$/, {
          error: 'expected a version, such as 1.4.0',
        })
        .optional()
        .describe('The version of uDOS that plugins must go with. Default: not checked.'),
      require_signatures: flag()
        .default(false)
        .describe('Whether a plugin without a signature is refused.'),
    })
    .describe('Where plugins are found, and which may be installed.'),
})

export type PluginsFile = z.infer<typeof pluginsFile>
