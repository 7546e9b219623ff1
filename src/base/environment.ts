/** The variables of a process, or of a child that is to be started. */
export type Environment = Record<string, string | undefined>
