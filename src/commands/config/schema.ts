import { UsageError } from '../../base/errors.js'
import { didYouMean, oneLine } from '../../base/text.js'
import { schemaNames } from '../../config/locate/folder.js'
import { defineVerb } from '../verb.js'

export const schema = defineVerb({
  name: 'schema',
  summary: 'print the JSON Schema of a file, for editors and linters',
  examples: [{ command: 'wizard CONFIG SCHEMA repos > repos.schema.json', does: 'of repos.yaml' }],
  args: [{ name: 'file', summary: schemaNames.join(', '), choices: schemaNames }],
  flags: {},
  async run(_context, [word = '']): Promise<Record<string, unknown>> {
    const name = schemaNames.find((one) => one === word.toLowerCase().replace(/\.yaml$/, ''))
    if (name === undefined) {
      throw new UsageError(`no schema ${oneLine(word, 60)}`, {
        hint: didYouMean(word, schemaNames) ?? `available: ${schemaNames.join(', ')}`,
      })
    }
    const { jsonSchemaOf } = await import('../../config/schema/json.js')
    return { ...jsonSchemaOf(name) }
  },
  isLong: true,
  render: (found) => ({ kind: 'bytes', bytes: Buffer.from(`${JSON.stringify(found, null, 2)}\n`) }),
})
