import type { Limits } from '../limits.js'
import type { Route } from '../route.js'
import { accountRoutes } from './accounts.js'
import { artifactRoutes } from './actions/artifacts.js'
import { checkRoutes } from './actions/checks.js'
import { concurrencyRoutes } from './actions/concurrency.js'
import { jobRoutes } from './actions/jobs.js'
import { runRoutes } from './actions/runs.js'
import { workflowRoutes } from './actions/workflows.js'
import { deliveryRoutes } from './hooks/deliveries.js'
import { organizationHookRoutes, repositoryHookRoutes } from './hooks/hooks.js'
import { metaRoutes } from './meta.js'
import { releaseAssetRoutes } from './releases/assets.js'
import { releaseRoutes } from './releases/releases.js'
import { contentRoutes } from './repos/contents.js'
import { gitDataRoutes } from './repos/git-data.js'
import { historyRoutes } from './repos/history.js'
import { refRoutes } from './repos/refs.js'
import { repositoryRoutes } from './repos/repositories.js'

/** All REST routes, in the order in which they are tried. */
export const routes = (limits: Limits): Route[] => [
  ...repositoryRoutes,
  ...accountRoutes,
  ...contentRoutes,
  ...gitDataRoutes,
  ...refRoutes,
  ...historyRoutes,
  ...workflowRoutes,
  ...runRoutes,
  ...jobRoutes,
  ...artifactRoutes,
  ...checkRoutes,
  ...concurrencyRoutes,
  ...releaseRoutes,
  ...releaseAssetRoutes,
  ...repositoryHookRoutes,
  ...organizationHookRoutes,
  ...deliveryRoutes,
  ...metaRoutes(limits),
]
