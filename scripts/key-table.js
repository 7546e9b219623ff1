// The tables of docs/configuration.md: every key of a file, from its JSON Schema.

/** Markdown: a table of the keys, then one for each named alternative. */
export function keyTables(schema) {
  const shapes = []
  const rows = keyRows(schema, '', shapes)
  const tables = [table(rows)]
  for (const { title, above, shape } of shapes) {
    tables.push(`${title}, in \`${above}\`:`, table(keyRows(shape, `${above}.`, [])))
  }
  return tables.join('\n\n')
}

const table = (rows) =>
  ['| key | value | default | |', '| --- | --- | --- | --- |', ...rows].join('\n')

function keyRows(schema, above, shapes) {
  return Object.entries(schema.properties ?? {})
    .filter(([, value]) => !('not' in value))
    .flatMap(([name, value]) => {
      const key = `${above}${name}`
      const isNeeded = schema.required?.includes(name) && !isFolder(value)
      const usual = isNeeded ? 'needed' : shownDefault(value)
      return [
        `| \`${key}\` | ${kindOf(value)} | ${usual} | ${cell(value.description)} |`,
        ...innerRows(value, key, shapes),
      ]
    })
}

/** The keys inside: of a map by the user's names, of a list's entries, and of alternatives. */
function innerRows(schema, key, shapes) {
  if (schema.title && shapes) {
    shapes.push({ title: schema.title, above: key, shape: schema })
    return []
  }
  const own = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : null
  return [
    ...keyRows(schema, `${key}.`, shapes),
    ...(own ? innerRows(own, `${key}.NAME`, shapes) : []),
    ...(schema.items ? innerRows(schema.items, `${key}[]`, shapes) : []),
    ...(schema.anyOf ?? [])
      .filter((one) => one.type !== 'array')
      .flatMap((one) => innerRows(one, key, shapes)),
  ]
}

const isFolder = ({ properties, additionalProperties }) =>
  properties !== undefined || typeof additionalProperties === 'object'

const kinds = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true, false',
  array: 'list',
  object: 'map',
}

function kindOf(schema) {
  if (schema.enum) return schema.enum.join(', ')
  if (schema.anyOf) {
    // A variable as an alternative is not a type of its own, and null means no value.
    const known = schema.anyOf.filter(
      ({ type, pattern }) => type !== 'null' && !(type === 'string' && pattern === '\\$\\{'),
    )
    return [...new Set(known.map(kindOf))].join(' or ')
  }
  const [type] = [schema.type ?? []].flat()
  return kinds[type] ?? ''
}

function shownDefault({ default: value, properties }) {
  if (value === undefined || value === null || properties) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return ['[]', '{}'].includes(text) ? '' : `\`${text}\``
}

const cell = (text = '') => text.replaceAll('|', '\\|')
