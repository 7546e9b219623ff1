/** The path of a hook's URL, such as `/webhook`. */
export const hookPathPattern = /^\/[\w./~-]*$/

/** Whether SERVE answers this path itself, so that no hook can have it. */
export const isReservedPath = (path: string): boolean => ['/healthz', '/metrics'].includes(path)
