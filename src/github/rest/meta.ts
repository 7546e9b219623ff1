import { z } from 'zod/mini'
import { type Api, ask } from './api.js'

const meta = z.object({ hooks: z._default(z.array(z.string()), []) })

/**
 * The addresses that GitHub sends webhooks from, as CIDRs. A GitHub Enterprise Server names none.
 * https://docs.github.com/en/rest/meta/meta#get-github-meta-information
 */
export const hookRanges = async (api: Api): Promise<string[]> =>
  (await ask(api, meta, (rest) => rest.meta.get())).hooks
