import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{shared,workers,cli,eval,bench,demo,web,tests,scripts}/**/*.test.ts'],
    // Tests that start the whole stack take a second for that alone, more on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: more workers only take turns.
    maxWorkers: 2,
  },
})
