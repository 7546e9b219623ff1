import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// The local GitHub's sources, which need no build.
const conditions = ['local-github-source', 'node', 'module']
const ssr = { resolve: { conditions } }

/**
 * Files share a worker and the modules in it, whose import costs more than most files' tests. So a file puts back what it
 * changes for all of the process, and mocks no module.
 */
const shared = { isolate: false, env: { TZ: 'UTC' } }

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line.ts'],
    tags: [
      {
        name: 'deep',
        description:
          'takes most of a second or longer, or goes through many seeds or kills; `npm run test:all`',
      },
    ],
    // Most of a test's time is another process's, or a wait for one: one worker more than there are cores.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        ssr,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/package/**', 'packages/*/test/e2e/**'],
          ...shared,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        ssr,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'packages/*/test/e2e/**/*.test.ts'],
          ...shared,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        ssr,
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          exclude: ['test/package/nodes.test.ts'],
          globalSetup: 'test/package/support/setup.ts',
          env: { TZ: 'UTC' },
          testTimeout: 180_000,
        },
      },
      // Four versions of Node, each with the demo: that takes minutes, so `npm test` leaves it out.
      {
        ssr,
        test: {
          name: 'nodes',
          include: ['test/package/nodes.test.ts'],
          globalSetup: 'test/package/support/setup.ts',
          env: { TZ: 'UTC' },
          testTimeout: 180_000,
        },
      },
    ],
  },
})
