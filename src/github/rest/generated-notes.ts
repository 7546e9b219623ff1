import { z } from 'zod/mini'
import { checkedRepo } from '../../base/names/repository.js'
import { type Api, parseAnswer } from './api.js'

export interface NotesOptions {
  /** It need not exist yet if there is a target. */
  tag: string
  /** A branch or a full commit id. */
  target?: string | undefined
  /** Default: GitHub's choice of the previous release. */
  previousTag?: string | undefined
}

/**
 * GitHub's own notes; stores nothing.
 * https://docs.github.com/en/rest/releases/releases#generate-release-notes-content-for-a-release
 */
export async function generateNotes(
  api: Api,
  owner: string,
  repo: string,
  { tag, target, previousTag }: NotesOptions,
): Promise<{ name: string; body: string }> {
  const { data } = await (await api.octokit()).rest.repos.generateReleaseNotes({
    ...checkedRepo(owner, repo),
    tag_name: tag,
    target_commitish: target,
    previous_tag_name: previousTag,
  })
  return parseAnswer(api, z.object({ name: z.string(), body: z.string() }), data)
}
