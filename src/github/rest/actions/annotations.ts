import { z } from 'zod/mini'
import { checkedRepo, type Repo } from '../../../base/names/repository.js'
import { type Api, ask, parseAnswer } from '../api.js'
import { pagesOf } from '../pages.js'

/** https://docs.github.com/en/rest/checks/runs#list-check-run-annotations */
export interface Annotation {
  path: string
  /** From 1. */
  line: number
  /** `failure`, `warning`, `notice`; null if GitHub does not say. */
  level: string | null
  title: string | null
  message: string
}

const annotationAnswer = z.pipe(
  z.object({
    path: z.string(),
    start_line: z.number(),
    annotation_level: z.nullish(z.string()),
    title: z.nullish(z.string()),
    message: z.nullish(z.string()),
  }),
  z.transform(
    (answer): Annotation => ({
      path: answer.path,
      line: answer.start_line,
      level: answer.annotation_level ?? null,
      title: answer.title ?? null,
      message: answer.message ?? '',
    }),
  ),
)

/**
 * The annotations of a job, whose id is that of its check run; at most a page, which is 100.
 * https://docs.github.com/en/rest/checks/runs#list-check-run-annotations
 */
export async function jobAnnotations(
  api: Api,
  { owner, repo }: Repo,
  jobId: number,
): Promise<Annotation[]> {
  const run = { ...checkedRepo(owner, repo), check_run_id: jobId, per_page: 100 }
  return ask(api, z.array(annotationAnswer), (rest) => rest.checks.listAnnotations(run))
}

const checkRunAnswer = z.object({ id: z.number() })

/** The annotations of all check runs of a check suite, which each run of a workflow has. */
export async function listAnnotations(
  api: Api,
  { owner, repo }: Repo,
  checkSuiteId: number,
): Promise<Annotation[]> {
  const octokit = await api.octokit()
  const { checks } = octokit.rest
  const of = checkedRepo(owner, repo)
  const suite = { ...of, check_suite_id: checkSuiteId }
  const found = await pagesOf(octokit, checks.listForSuite, suite)
  const annotations: Annotation[] = []
  for (const { id } of parseAnswer(api, z.array(checkRunAnswer), found)) {
    const listed = await pagesOf(octokit, checks.listAnnotations, { ...of, check_run_id: id })
    annotations.push(...parseAnswer(api, z.array(annotationAnswer), listed))
  }
  return annotations
}
