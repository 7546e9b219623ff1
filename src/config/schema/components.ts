import { z } from 'zod'
import { isShortRefName } from '../../base/names/ref.js'
import { flag, pathInside, repository, template, text, variableName } from './fields.js'

const fileName = (...placeholders: string[]) =>
  text()
    .regex(/^[^/\\]+$/, { error: 'expected the name of a file, without a folder' })
    .regex(new RegExp(`^(?:[^{}]|\\{(?:${placeholders.join('|')})\\})*$`), {
      error: `expected no placeholder but ${placeholders.map((name) => `{${name}}`).join(', ')}`,
    })

const algorithms = z.strictObject({
  sha256: fileName('artifact').optional().describe('The file of SHA-256 sums.'),
  md5: fileName('artifact').optional().describe('The file of MD5 sums, as TCZ packages have.'),
})

const sign = z.strictObject({
  cmd: text().describe('The command, run without a shell.'),
  args: z
    .array(z.string())
    .default([])
    .describe('Its arguments; {artifact} and {signature} are replaced by paths.'),
  signature: fileName('artifact')
    .refine((name) => name.includes('{artifact}'), { error: 'expected {artifact} in it' })
    .describe("The signature's file name, with {artifact}."),
  artifacts: z
    .enum(['checksum', 'all'])
    .default('checksum')
    .describe('What is signed: the checksum files, or every artifact.'),
})

const release = z.strictObject({
  build: z
    .array(text())
    .default([])
    .describe(
      "Shell lines, in order, in the component's folder; their output goes to stderr and the log.",
    ),
  artifacts: z
    .array(pathInside())
    .default([])
    .describe("Globs of the files to publish, from the component's folder."),
  checksums: z
    .union([flag(), algorithms])
    .default(false)
    .describe(
      'true: SHA256SUMS; or file names by algorithm, with {artifact} for one file beside each artifact.',
    ),
  sign: z
    .union([sign, z.array(sign)])
    .optional()
    .describe('How to sign; a list for several signatures.'),
  env: z
    .array(variableName())
    .default([])
    .describe(
      'Variables that build and sign see beside PATH, HOME, LANG, WIZARD_VERSION, WIZARD_TAG and WIZARD_COMPONENT; never the GitHub token unless it is named here. Their values are hidden in the output.',
    ),
})

const component = z.strictObject({
  repo: repository().describe('Its repository: NAME, or OWNER/NAME.'),
  path: pathInside().default('.').describe('Its folder in the repository. Default: the top.'),
  version_file: pathInside()
    .optional()
    .describe(
      'The file with its version, from the top of the repository: {"version":"1.2.3"}, {"version":{"major":1,"minor":2,"patch":3}}, or package.json.',
    ),
  tag: template('version')
    .refine((value) => isShortRefName(value.replaceAll('{version}', '1.2.3')), {
      error: 'expected what can be the name of a tag',
    })
    .default('v{version}')
    .describe('The tag of a version, with {version}.'),
  workflows: z
    .record(text(), text())
    .default({})
    .describe('Its workflows, by the name they go by here: file, id or display name.'),
  release: release.prefault({}).describe('How a release of it is made.'),
})

/** components.yaml */
export const componentsFile = z.strictObject({
  components: z
    .record(
      z.string().regex(/^[A-Za-z0-9][\w.-]{0,99}$/, {
        error: 'expected the name of a component: letters, digits, ".", "-" and "_"',
      }),
      component,
    )
    .describe('Parts of repositories that are tested and released on their own, by name.'),
})

export type ComponentsFile = z.infer<typeof componentsFile>
export type ComponentValues = z.infer<typeof component>
