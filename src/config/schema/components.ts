import { z } from 'zod/mini'
import { isShortRefName } from '../../base/names/ref.js'
import { flag, pathInside, refName, repository, template, text, variableName } from './fields.js'
import { schedule, timeZone } from './schedule.js'

const fileName = (...placeholders: string[]) =>
  text().check(
    z.regex(/^[^/\\]+$/, { error: 'expected the name of a file, without a folder' }),
    z.regex(new RegExp(`^(?:[^{}]|\\{(?:${placeholders.join('|')})\\})*$`), {
      error: `expected only the placeholders ${placeholders.map((name) => `{${name}}`).join(', ')}`,
    }),
  )

const algorithms = z.strictObject({
  sha256: z
    .optional(fileName('artifact'))
    .check(z.describe('The name of the file with SHA-256 sums.')),
  md5: z
    .optional(fileName('artifact'))
    .check(z.describe('The name of the file with MD5 sums, as TCZ packages use.')),
})

const sign = z.strictObject({
  cmd: text().check(z.describe('The command, run without a shell.')),
  args: z
    ._default(z.array(z.string()), [])
    .check(z.describe('Its arguments; {artifact} and {signature} are replaced by paths.')),
  signature: fileName('artifact').check(
    z.refine((name) => name.includes('{artifact}'), { error: 'expected {artifact} in it' }),
    z.describe("The signature's file name, with {artifact}."),
  ),
  artifacts: z
    ._default(z.enum(['checksum', 'all']), 'checksum')
    .check(z.describe('What is signed: the checksum files, or every artifact.')),
})

const release = z.strictObject({
  build: z
    ._default(z.array(text()), [])
    .check(
      z.describe(
        "Shell lines, in order, in the component's folder; their output goes to stderr and the log.",
      ),
    ),
  artifacts: z
    ._default(z.array(pathInside()), [])
    .check(z.describe("Globs of the files to publish, from the component's folder.")),
  checksums: z
    ._default(z.union([flag(), algorithms]), false)
    .check(
      z.describe(
        'true: SHA256SUMS; or file names by algorithm, with {artifact} for one file beside each artifact.',
      ),
    ),
  sign: z
    .optional(z.union([sign, z.array(sign)]))
    .check(z.describe('How to sign; a list for several signatures.')),
  env: z
    ._default(z.array(variableName()), [])
    .check(
      z.describe(
        'Variables that build and sign see besides PATH, HOME, LANG, WIZARD_VERSION, WIZARD_TAG and WIZARD_COMPONENT; never the GitHub token unless it is named here. Their values are hidden in the output.',
      ),
    ),
})

const workflow = z.strictObject({
  file: text().check(z.describe('What it is called there: file, id or display name.')),
  ref: z
    .optional(refName())
    .check(z.describe('The branch or tag it runs on. Default: the default branch.')),
  inputs: z
    ._default(z.record(text(), z.union([z.string(), z.number(), z.boolean()])), {})
    .check(z.describe('Its inputs; key=value on the command line takes precedence.')),
  run_schedule: z
    .optional(schedule())
    .check(
      z.describe('When it is due for --due: a cron expression of five fields, in local time.'),
    ),
  timezone: z
    .optional(timeZone())
    .check(
      z.describe('The time zone of run_schedule, such as Europe/Berlin. Default: local time.'),
    ),
})

const component = z.strictObject({
  repo: repository().check(z.describe('Its repository: NAME, or OWNER/NAME.')),
  path: z
    ._default(pathInside(), '.')
    .check(z.describe('Its folder in the repository. Default: the top.')),
  version_file: z
    .optional(pathInside())
    .check(
      z.describe(
        'The file with its version, from the top of the repository: {"version":"1.2.3"}, {"version":{"major":1,"minor":2,"patch":3}}, or package.json.',
      ),
    ),
  tag: z
    ._default(
      template('version').check(
        z.refine((value) => isShortRefName(value.replaceAll('{version}', '1.2.3')), {
          error: 'expected a valid tag name',
        }),
      ),
      'v{version}',
    )
    .check(z.describe('The tag of a version, with {version}.')),
  workflows: z
    ._default(z.record(text(), z.union([text(), workflow])), {})
    .check(
      z.describe(
        'Its workflows, by a short name of your choice: file, id or display name; or a map with file, ref, inputs, run_schedule and timezone.',
      ),
    ),
  release: z.prefault(release, {}).check(z.describe('How to make a release of it.')),
})

/** components.yaml */
export const componentsFile = z.strictObject({
  components: z
    .record(
      z.string().check(
        z.regex(/^[A-Za-z0-9][\w.-]{0,99}$/, {
          error: 'expected the name of a component: letters, digits, ".", "-" and "_"',
        }),
      ),
      component,
    )
    .check(z.describe('Parts of repositories that are tested and released on their own, by name.')),
})

export type ComponentsFile = z.infer<typeof componentsFile>
export type ComponentValues = z.infer<typeof component>
export type WorkflowValues = z.infer<typeof workflow>
