import { z } from 'zod/mini'
import type { SchemaName } from '../locate/folder.js'
import { fileSchemas } from './index.js'
import { schemaKey } from './single.js'

/** Draft 7, which all editors know. */
export interface JsonSchema {
  type?: string | string[]
  pattern?: string
  enum?: unknown[]
  const?: unknown
  anyOf?: JsonSchema[]
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  additionalProperties?: JsonSchema | boolean
  description?: string
  default?: unknown
}

const descriptions = {
  github: 'How wizard reaches GitHub, and where it keeps things.',
  repos: 'The repositories to keep in step.',
  components: 'Parts of repositories that are tested and released on their own.',
  webhooks: "What GitHub's webhooks start.",
  plugins: 'Where to find plugins, and which may be installed.',
  'wizard.config': "All of wizard's configuration in one file, in place of a folder.",
} satisfies Record<SchemaName, string>

/** The single file has the keys of all files. */
const schemas = {
  ...fileSchemas,
  'wizard.config': z.strictObject({
    ...fileSchemas.github.shape,
    repos: z.optional(fileSchemas.repos.shape.repos),
    components: z.optional(fileSchemas.components.shape.components),
    webhooks: z.optional(fileSchemas.webhooks.shape.webhooks),
    plugins: z.optional(fileSchemas.plugins.shape.plugins),
    $schema: schemaKey,
  }),
} satisfies Record<SchemaName, unknown>

/** The JSON Schema of a file, for editors. */
export function jsonSchemaOf(name: SchemaName): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(schemas[name], {
    target: 'draft-7',
    io: 'input',
  })
  const about = { $schema, title: `${name}.yaml`, description: descriptions[name] }
  return { ...about, ...allowVariables(schema as JsonSchema) }
}

const variable = '\\$\\{'

/** Any other value may be a variable, which an editor can't check: see `rules` in load.ts. */
const literal = new Set(['build', 'sign', 'cmd'])

function allowVariables(schema: JsonSchema): JsonSchema {
  const inner: JsonSchema = { ...schema }
  if (inner.anyOf) inner.anyOf = inner.anyOf.map(allowVariables)
  if (inner.items) inner.items = allowVariables(inner.items)
  if (typeof inner.additionalProperties === 'object') {
    inner.additionalProperties = allowVariables(inner.additionalProperties)
  }
  if (inner.properties) {
    inner.properties = Object.fromEntries(
      Object.entries(inner.properties).map(([key, value]) => [
        key,
        literal.has(key) ? value : allowVariables(value),
      ]),
    )
  }
  return allowVariable(inner)
}

function allowVariable({ type = [], pattern, ...rest }: JsonSchema): JsonSchema {
  const types = [type].flat()
  if (rest.enum) {
    const { enum: values, ...about } = rest
    return { ...about, anyOf: [{ enum: values }, { type: 'string', pattern: variable }] }
  }
  // Of values that may be text, any text is right.
  const isText = types.length > 1 && types.includes('string') && pattern === undefined
  if (isText) return { type, ...rest }
  if (types.some((one) => ['number', 'integer', 'boolean'].includes(one))) {
    return { type: [...types, 'string'], pattern: variable, ...rest }
  }
  const wider = pattern === undefined ? {} : { pattern: `${variable}|${pattern}` }
  return types.length === 0 ? { ...rest, ...wider } : { type, ...wider, ...rest }
}
