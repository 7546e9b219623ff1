/** Whether an error of node:fs has one of these codes, so that the expected one is told from the rest. */
export const hasCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))
