import { defineConfig } from 'vitest/config'
import { LongestFirst } from './tests/support/longest_first.ts'

export default defineConfig({
  test: {
    include: ['{shared,workers,cli,eval,bench,demo,web,tests,scripts}/**/*.test.ts'],
    // Tests that start the whole stack take a second for that alone, more on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: more workers only take turns.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
})
