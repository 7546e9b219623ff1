import { safeName } from '../../archive/names.js'

/** Whether it can be the name of a folder everywhere, beside the lock and what is written on its way to become the lock. */
export const isPluginId = (id: string): boolean =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(id) &&
  safeName(id, '') === id &&
  !/^plugins\.lock\.json/i.test(id)

/** For a plugin without an id that can be used: its repository's name, or as much of it as can be (`_x`, `.github`, `CON`). */
export function idFromRepository(repo: string): string {
  if (isPluginId(repo)) return repo
  const id = `plugin-${repo.replace(/[^A-Za-z0-9._-]/g, '').slice(0, 90)}`.replace(/[._-]+$/, '')
  return isPluginId(id) ? id : 'plugin'
}
