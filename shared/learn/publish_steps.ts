import { readManifest } from './manifest_step.ts'
import { type Publication, ROW_KINDS, type RowStores, rowsByKind } from './rows.ts'
import { type RunContext, type Step, units } from './step.ts'

/**
 * Writes a run's rows to where shelves read them, an object at a time.
 * @param folder of the objects, below the run's: '' or CHECKED
 */
export const publishStep = (to: Publication, stores: RowStores, folder: string): Step => ({
  name: 'publish',
  async open(run: RunContext) {
    const { objects } = await readManifest(run)
    return units(objects.length, async (index) => {
      const byKind = rowsByKind(await run.folder.text(folder + objects[index]!.name))
      for (const [name, rows] of byKind) await ROW_KINDS[name]!.publish(rows, to, stores)
    })
  },
})

/** Takes back what this run no longer says. */
export const retireStep = (to: Publication, stores: RowStores): Step => ({
  name: 'retire',
  async open() {
    return units(1, async () => {
      for (const kind of Object.values(ROW_KINDS)) await kind.finish(to, stores)
    })
  },
})
