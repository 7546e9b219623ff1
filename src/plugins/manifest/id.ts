import { safeName } from '../../archive/names.js'

/**
 * Whether an id is a valid folder name on every system, and differs from the lock file and its
 * temporary file.
 */
export const isPluginId = (id: string): boolean =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(id) &&
  safeName(id, '') === id &&
  !/^plugins\.lock\.json/i.test(id)

/**
 * The id of a plugin without a usable one: its repository's name, or the usable part of it (`_x`,
 * `.github`, `CON`).
 */
export function idFromRepository(repo: string): string {
  if (isPluginId(repo)) return repo
  const id = `plugin-${repo.replace(/[^A-Za-z0-9._-]/g, '').slice(0, 90)}`.replace(/[._-]+$/, '')
  return isPluginId(id) ? id : 'plugin'
}
