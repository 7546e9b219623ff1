/** The package declares nothing for this module; its factory would run a `.config/config.js`. */
declare module 'cosmiconfig/dist/ExplorerSync.js' {
  type Loader = (path: string, text: string) => unknown

  export class ExplorerSync {
    constructor(options: {
      moduleName: string
      searchPlaces: readonly string[]
      loaders: Record<string, Loader>
      searchStrategy: 'none'
      ignoreEmptySearchPlaces: boolean
      applyPackagePropertyPathToConfiguration: boolean
      transform<T>(result: T): T
      cache: boolean
      metaConfigFilePath: null
    })
    /** Skips a place that can't be read. */
    search(from: string): { filepath: string } | null
  }
}
