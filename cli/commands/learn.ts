import { resolve } from 'node:path'
import type { Command } from 'commander'
import { shopIdSchema } from '../../shared/domain/ids.ts'
import { LEARNERS } from '../../shared/learn/learners.ts'
import { learningSteps, visitSteps } from '../../shared/learn/learning_steps.ts'
import { TIERS, TooMuchToLearn } from '../../shared/learn/limits.ts'
import { readManifest } from '../../shared/learn/manifest_step.ts'
import { OBJECTS } from '../../shared/learn/step.ts'
import { createLearningArtefacts } from '../../shared/store/learning_artefacts.ts'
import { Interrupted, usage } from '../failure.ts'
import { exportVisits } from '../learn/export_visits.ts'
import { importArtefacts } from '../learn/import_artefacts.ts'
import { type FolderRun, learnInFolder } from '../learn/learn_in_folder.ts'
import { type OpenBucket, openBucket, openProgress } from '../learn/open_bucket.ts'
import { createProgress } from '../progress.ts'
import { printJson, type Terminal } from '../terminal.ts'
import { plain, plural } from '../text.ts'

interface LearnFlags {
  shop: string
  bucket?: string
  json?: boolean
}

/** `shelfwise learn`: learning on a machine of its own, and in other engines, over the same partitions. */
export function register(program: Command, terminal: Terminal): void {
  const learn = program.command('learn').description('learn from the archive outside of the service')
  const sub = (text: string, description: string) =>
    learn
      .command(text)
      .description(description)
      .requiredOption('--shop <name>', 'the shop')
      .option(
        '--bucket <folder>',
        "a copy of the archive's bucket; else that of the local stack, which must be stopped",
      )
      .option('--json', 'print the result as JSON')
  sub('run', 'learn here (tier 1), and offer the result to the service').action((flags: LearnFlags) =>
    withBucket(flags, terminal, (open) => runCommand(flags, open, terminal)),
  )
  sub('export <folder>', 'write visits for another engine (tier 2), and the schema of what it returns').action(
    (folder: string, flags: LearnFlags) =>
      withBucket(flags, terminal, (open) => exportCommand(folder, flags, open, terminal)),
  )
  sub('import <folder>', "check another engine's artefacts, and offer them to the service").action(
    (folder: string, flags: LearnFlags) =>
      withBucket(flags, terminal, (open) => importCommand(folder, flags, open, terminal)),
  )
}

async function withBucket(flags: LearnFlags, terminal: Terminal, work: (open: OpenBucket) => Promise<void>) {
  if (!shopIdSchema.safeParse(flags.shop).success) throw usage(`${plain(flags.shop)} is no name of a shop`)
  const open = await openBucket(flags.bucket, terminal)
  try {
    await work(open)
  } catch (error) {
    if (error instanceof TooMuchToLearn) throw usage(error.message, { cause: error })
    throw error
  } finally {
    await open.close()
  }
}

type Aim = Pick<FolderRun, 'steps' | 'last' | 'origin'>
const LEARNED: Aim = { steps: learningSteps(LEARNERS), last: OBJECTS.manifest, origin: 'offered' }
/** What leads to visits is nothing to publish: the service's next run of its own sweeps it away. */
const VISITS: Aim = { steps: visitSteps(), last: OBJECTS.census, origin: 'own' }

/** Does the steps to their end, telling how far they are. */
async function doSteps(flags: LearnFlags, { bucket }: OpenBucket, terminal: Terminal, aim: Aim) {
  const progress = createProgress(terminal)
  const operations = await openProgress(terminal)
  try {
    const done = await learnInFolder({
      ...{ bucket, operations, shop: flags.shop, tier: TIERS[1], signal: terminal.signal, ...aim },
      progress: async ({ name, cursor, total }) => progress.show({ label: name, done: cursor, total }),
    })
    if (done === null) throw new Interrupted()
    return done
  } finally {
    progress.clear()
    operations.close()
  }
}

async function runCommand(flags: LearnFlags, open: OpenBucket, terminal: Terminal): Promise<void> {
  const run = await doSteps(flags, open, terminal, LEARNED)
  const { events, items } = await readManifest(run)
  await createLearningArtefacts(open.bucket).putOffer(flags.shop, run.run)
  if (flags.json) printJson(terminal, { shop: flags.shop, run: run.run, events, items })
  else
    terminal.out(
      `learned ${plural(events, 'event')} of ${plural(items, 'item')}: the run ${run.run} is offered to enrich`,
    )
}

async function exportCommand(folder: string, flags: LearnFlags, open: OpenBucket, terminal: Terminal): Promise<void> {
  const run = await doSteps(flags, open, terminal, VISITS)
  const result = await exportVisits(run, resolve(terminal.directory, folder))
  if (flags.json) printJson(terminal, { shop: flags.shop, run: run.run, ...result })
  else
    terminal.out(
      `wrote ${plural(result.events, 'event')} of ${plural(result.items, 'item')} in ${plural(result.partitions, 'partition')} to ${plain(folder)}; schema.json says what to return`,
    )
}

async function importCommand(folder: string, flags: LearnFlags, open: OpenBucket, terminal: Terminal): Promise<void> {
  const manifest = await importArtefacts(open.bucket, flags.shop, resolve(terminal.directory, folder))
  const rows = manifest.objects.reduce((sum, own) => sum + own.rows, 0)
  if (flags.json) printJson(terminal, { shop: flags.shop, run: manifest.run, rows })
  else terminal.out(`${plural(rows, 'row')} checked: the run ${manifest.run} is offered to enrich`)
}
