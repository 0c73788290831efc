/** Goes on with the learning of a shop on disk until it is published, as the cron of `enrich` does, and tells each step. */
import { parseArgs } from 'node:util'
import { runLearning } from '../../../shared/enrich/learn_shops.ts'
import { createLearningArtefacts, type RunFolder } from '../../../shared/store/learning_artefacts.ts'
import type { LearnRunStore } from '../../../shared/store/operations/learn_runs.ts'
import { createFolderR2 } from '../../../workers/local/node/folder_r2.ts'
import { openDiskWorld } from './disk_world.ts'
import { createSampler, type StepFigures } from './sampler.ts'

/** What the child tells its parent. */
export type Message =
  | { kind: 'ready' }
  | { kind: 'committed'; step: string; cursor: number }
  | { kind: 'done'; figures: Record<string, StepFigures> }

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    shop: { type: 'string' },
    /** A clock ahead, so that a killed child's lease has ended. */
    ahead: { type: 'string', default: '0' },
    /** The control: objects are written a while after they are said to be. */
    hasty: { type: 'boolean', default: false },
  },
})
const tell = (message: Message) =>
  new Promise<void>((resolve) => process.send!(message, undefined, {}, () => resolve()))

const HASTY_MS = 300
/** A runner that takes an object for written before it is: within the process nobody can tell. */
function hasty(folder: RunFolder): RunFolder {
  const pending = new Map<string, Uint8Array | string>()
  const encoded = (content: Uint8Array | string) =>
    typeof content === 'string' ? new TextEncoder().encode(content) : content.slice()
  const bytes = async (name: string) => {
    const waiting = pending.get(name)
    return waiting === undefined ? folder.bytes(name) : encoded(waiting)
  }
  return {
    async put(name, content) {
      const own = encoded(content)
      pending.set(name, own)
      setTimeout(() => void folder.put(name, own).then(() => pending.delete(name)), HASTY_MS)
    },
    bytes,
    range: async (name, offset, length) => (await bytes(name)).slice(offset, offset + length),
    text: async (name) => new TextDecoder().decode(await bytes(name)),
    has: async (name) => pending.has(name) || folder.has(name),
  }
}

const sampler = createSampler()
const clock = { now: () => Date.now() + Number(values.ahead) }
const world = await openDiskWorld(values.folder!, clock)
const bucket = sampler.watching(createFolderR2(`${values.folder}/bucket`))
const artefacts = createLearningArtefacts(bucket)
const told = (runs: LearnRunStore): LearnRunStore => ({
  ...runs,
  async commit(run, to, nowMs) {
    const after = await runs.commit(run, to, nowMs)
    sampler.close(run.step)
    await tell({ kind: 'committed', step: run.step, cursor: run.cursor })
    return after
  },
})
const { fencing } = world.deps
const deps = {
  ...world.deps,
  breathe: sampler.breathe,
  log: { info: () => {}, error: (event: string, error: unknown) => console.error(event, error) },
  artefacts: values.hasty
    ? { ...artefacts, folder: (...of: Parameters<typeof artefacts.folder>) => hasty(artefacts.folder(...of)) }
    : artefacts,
  fencing: {
    ...fencing!,
    stores(lease: Parameters<NonNullable<typeof fencing>['stores']>[0]) {
      const stores = fencing!.stores(lease)
      return { ...stores, learnRuns: told(stores.learnRuns) }
    },
  },
}
await tell({ kind: 'ready' })
for (;;) {
  await runLearning(deps)
  const job = await deps.jobs.get(values.shop!, 'learn')
  if (job?.state === 'failed') throw new Error(`learning failed: ${job.error}`)
  if ((await deps.learnRuns.running(values.shop!)) === null && job?.state === 'idle') break
}
await tell({ kind: 'done', figures: sampler.figures() })
world.close()
process.disconnect()
