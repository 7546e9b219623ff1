/** The first of four ports below those that the system hands out, another one in each process of the tests. */
export const fourPorts = 20_000 + (process.pid % 2500) * 4
