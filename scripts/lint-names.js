// An exported name means one thing in all of src: fails if two modules declare and export the same
// one, and for words that are said in another way here.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { globSync } from 'tinyglobby'

/** Names that may occur twice, and why. */
const allowed = new Map([
  ['GitHubClient', "the library's has this process's environment"],
  ['WebhookHandler', "the library's runs commands in this process"],
  ['verbs', "each noun's list"],
])

/** Words with a synonym that src uses: report, inspect, select or resolve, assert, Session, Options. */
const synonyms = /^(?:tell|told|look|lookAt|lookIn|choose|expect|carryOut)(?=[A-Z]|$)|Deps$/

const src = fileURLToPath(new URL('../src', import.meta.url))
const declaration =
  /^export (?:async )?(?:abstract )?(function\*?|const|class|interface|type|enum) (\w+)/gm

/** @type {Map<string, string[]>} */
const declared = new Map()
for (const file of globSync('**/*.ts', { cwd: src }).sort()) {
  // A verb has the name that users type: several nouns, and the domain's own function, may share
  // it.
  const isOfNoun = /^commands\/\w+\//.test(file)
  for (const [, kind, name = ''] of readFileSync(`${src}/${file}`, 'utf8').matchAll(declaration)) {
    if (allowed.has(name) || (isOfNoun && kind === 'const')) continue
    declared.set(name, [...(declared.get(name) ?? []), file])
  }
}

const twice = [...declared].filter(([, files]) => files.length > 1)
for (const [name, files] of twice) console.error(`${name}: ${files.join(', ')}`)
if (twice.length > 0) {
  console.error('an exported name means one thing: rename all but one of each')
  process.exitCode = 1
}

const replaced = [...declared].filter(([name]) => synonyms.test(name))
for (const [name, files] of replaced) console.error(`${name}: ${files.join(', ')}`)
if (replaced.length > 0) {
  console.error('say report, inspect, select, resolve, assert, Session or Options')
  process.exitCode = 1
}
