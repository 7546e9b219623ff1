import type { Limits } from '../limits.js'
import type { Route } from '../route.js'
import { accountRoutes } from './accounts.js'
import { artifactRoutes } from './artifacts.js'
import { contentRoutes } from './contents.js'
import { gitDataRoutes } from './git-data.js'
import { historyRoutes } from './history.js'
import { jobRoutes } from './jobs.js'
import { metaRoutes } from './meta.js'
import { refRoutes } from './refs.js'
import { releaseAssetRoutes } from './release-assets.js'
import { releaseRoutes } from './releases.js'
import { repositoryRoutes } from './repositories.js'
import { runRoutes } from './runs.js'
import { workflowRoutes } from './workflows.js'

/** Everything REST answers, in the order it is tried. */
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
  ...releaseRoutes,
  ...releaseAssetRoutes,
  ...metaRoutes(limits),
]
