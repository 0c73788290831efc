import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Files that take long, longest first: begun last, one of them would keep one worker busy while the other has nothing
 * left. Vitest knows durations only where it ran before, and elsewhere goes by the size of a file.
 */
export const LONG = [
  'tests/simulation/webhooks_1.test.ts',
  'tests/simulation/webhooks_2.test.ts',
  'tests/faults/kill_loop.test.ts',
  'tests/faults/model_outage.test.ts',
  'tests/security/containment.test.ts',
  'eval/run_tasks.test.ts',
  'tests/integration/stack.test.ts',
  'tests/scale/learning.test.ts',
  'eval/simulator/judge/judge.test.ts',
  'tests/simulation/webhooks_controls.test.ts',
  'tests/integration/browser.test.ts',
  'tests/faults/freshness.test.ts',
  'tests/gate/gate.test.ts',
  'tests/simulation/order_policy.test.ts',
  'tests/regression_quality.test.ts',
  'eval/rankers/baselines.test.ts',
  'tests/integration/fresh_item.test.ts',
  'tests/security/signatures.test.ts',
  'tests/scale/raw_retail.test.ts',
  'tests/faults/outages.test.ts',
  'tests/learned_order.test.ts',
  'cli/import/dataset.test.ts',
  'cli/import/feed_import.test.ts',
  'eval/found_by_meaning/found_by_meaning.test.ts',
]

/** The named files in their order, then the others in the order that they came in. */
export function longestFirst<T>(files: readonly T[], pathOf: (file: T) => string): T[] {
  const rank = new Map(LONG.map((path, at) => [path, at]))
  const rankOf = (file: T) => rank.get(pathOf(file)) ?? LONG.length
  return [...files].sort((a, b) => rankOf(a) - rankOf(b))
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root } = this.ctx.config
    return longestFirst(await super.sort(files), ({ moduleId }) => relative(root, moduleId).replaceAll('\\', '/'))
  }
}
