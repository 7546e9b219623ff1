import { type ConfigFileName, configFileNames } from '../locate/folder.js'

/** Of a file of the folder, or of the single file. */
export type SchemaName = ConfigFileName | 'wizard.config'

export const schemaNames: readonly SchemaName[] = [...configFileNames, 'wizard.config']
