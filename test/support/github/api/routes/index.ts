import type { Limits } from '../limits.js'
import type { Route } from '../route.js'
import { accountRoutes } from './accounts.js'
import { contentRoutes } from './contents.js'
import { gitDataRoutes } from './git-data.js'
import { historyRoutes } from './history.js'
import { metaRoutes } from './meta.js'
import { repositoryRoutes } from './repositories.js'

/** Everything REST answers, in the order it is tried. */
export const routes = (limits: Limits): Route[] => [
  ...repositoryRoutes,
  ...accountRoutes,
  ...contentRoutes,
  ...gitDataRoutes,
  ...historyRoutes,
  ...metaRoutes(limits),
]
