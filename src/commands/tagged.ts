import { UsageError } from '../base/errors.js'

/** What a target names, and the tag or version behind its `@`. @throws UsageError for an `@` with nothing behind it */
export function splitTarget(text: string): { name: string; named: string | null } {
  // `git@host:owner/repo` has an @ too, which is not one of ours.
  const [, name = '', named = null] =
    /^((?:\w+@[\w.-]+:|\w+:\/\/[^@]*@)?[^@]*)(?:@(.*))?$/s.exec(text) ?? []
  if (named === '') {
    throw new UsageError(`${text} ends before the tag`, { hint: 'for example core@1.2.3' })
  }
  return { name, named }
}
