/** The environment variables of a process or of a child process. */
export type Environment = Record<string, string | undefined>
