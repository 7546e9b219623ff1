/**
 * The first of four ports below the system's ephemeral ones; each test process gets a different
 * one.
 */
export const fourPorts = 20_000 + (process.pid % 2500) * 4
