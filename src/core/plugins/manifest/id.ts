import { folded, safeName } from '../../archive/names.js'

/** Whether it can be the name of a folder everywhere. */
export const isPluginId = (id: string): boolean =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(id) &&
  safeName(id, '') === id &&
  folded(id) !== 'plugins.lock.json'
