import { relative } from 'node:path'

/** Formats a path for messages: relative if it is inside the current folder, otherwise absolute. */
export function showFile(path: string, cwd: string): string {
  const from = relative(cwd, path)
  return from === '' || from.startsWith('..') ? path : from
}
