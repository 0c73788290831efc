/** Learns a shop of a folder in a process of its own, and tells what each step took. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { learnInFolder } from '../../../cli/learn/learn_in_folder.ts'
import { LEARNERS } from '../../../shared/learn/learners.ts'
import { learningSteps } from '../../../shared/learn/learning_steps.ts'
import { TIERS, TooMuchToLearn } from '../../../shared/learn/limits.ts'
import { readManifest } from '../../../shared/learn/manifest_step.ts'
import { OBJECTS } from '../../../shared/learn/step.ts'
import { createFolderR2 } from '../../../workers/local/node/folder_r2.ts'
import { applyMigrations } from '../../../workers/local/node/migrations.ts'
import { createSqliteD1 } from '../../../workers/local/node/sqlite_d1.ts'
import { createSampler } from './sampler.ts'

const { values } = parseArgs({
  options: { folder: { type: 'string' }, shop: { type: 'string' }, tier: { type: 'string' } },
})
const operations = createSqliteD1()
await applyMigrations(operations, join(import.meta.dirname, '../../../migrations/operations'))
const sampler = createSampler()
let current = 'plan'
try {
  const done = await learnInFolder({
    bucket: sampler.watching(createFolderR2(values.folder!)),
    operations,
    shop: values.shop!,
    tier: TIERS[Number(values.tier) as keyof typeof TIERS],
    origin: values.tier === '0' ? 'own' : 'offered',
    steps: learningSteps(LEARNERS),
    last: OBJECTS.manifest,
    breathe: sampler.breathe,
    progress: async ({ step, name }) => {
      sampler.close(name)
      current = step
    },
  })
  const manifest = await readManifest(done!)
  console.log(JSON.stringify({ figures: sampler.figures(), manifest }))
} catch (error) {
  if (!(error instanceof TooMuchToLearn)) throw error
  sampler.close(current)
  console.log(JSON.stringify({ figures: sampler.figures(), refused: error.message }))
}
