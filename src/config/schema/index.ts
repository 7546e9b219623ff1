import type { ConfigFileName } from '../locate/folder.js'
import { componentsFile } from './components.js'
import { githubFile } from './github.js'
import { pluginsFile } from './plugins.js'
import { reposFile } from './repos.js'
import { webhooksFile } from './webhooks.js'

/** The schema of each file, by name. */
export const fileSchemas = {
  github: githubFile,
  repos: reposFile,
  components: componentsFile,
  webhooks: webhooksFile,
  plugins: pluginsFile,
} satisfies Record<ConfigFileName, unknown>
