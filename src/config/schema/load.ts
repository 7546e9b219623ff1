import type { z } from 'zod/mini'
import type { ConfigFileName } from '../locate/folder.js'
import { githubFile } from './github.js'
import type { fileSchemas } from './index.js'

export type FileValues<N extends ConfigFileName> = z.infer<(typeof fileSchemas)[N]>

type Loaders = { [N in ConfigFileName]: () => Promise<z.ZodMiniType<FileValues<N>>> }

/** Schemas take milliseconds to create, so each is created when its file is read. */
const loaders: Loaders = {
  github: async () => githubFile,
  repos: async () => (await import('./repos.js')).reposFile,
  components: async () => (await import('./components.js')).componentsFile,
  webhooks: async () => (await import('./webhooks.js')).webhooksFile,
  plugins: async () => (await import('./plugins.js')).pluginsFile,
}

export const loadSchema = <N extends ConfigFileName>(name: N): ReturnType<Loaders[N]> =>
  loaders[name]() as ReturnType<Loaders[N]>
