import * as z from 'zod'
import { base64url } from '../base/hash.ts'
import { shopIdSchema } from '../domain/ids.ts'
import type { Learner } from './learner.ts'
import { readItems } from './number_step.ts'
import { SCHEMA } from './plan.ts'
import { OBJECTS, type RunContext, type Step, units } from './step.ts'

/** What a run made: the list of its objects of rows, which is all that publishing needs. */
export const manifestSchema = z.strictObject({
  schema: z.literal(SCHEMA),
  shop: shopIdSchema,
  run: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  /** The newest event that was learned from, in ms. */
  newest_ms: z.int().min(0),
  events: z.int().min(0),
  items: z.int().min(0),
  /** What made the rows: names with versions. */
  learners: z.record(z.string().max(60), z.string().max(60)),
  objects: z
    .array(
      z.strictObject({
        name: z.string().regex(/^rows\/[A-Za-z0-9_.-]{1,80}$/),
        bytes: z
          .int()
          .min(0)
          .max(64 * 1024 * 1024),
        rows: z.int().min(0),
        /** SHA-256 as base64url. */
        sha256: z.string().length(43),
      }),
    )
    .max(100_000),
})
export type Manifest = z.infer<typeof manifestSchema>

/** The digest of an object's bytes. */
export const digestOf = async (bytes: Uint8Array): Promise<string> =>
  base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)))

const NEWLINE = 10

/** The end of learning: from here on the run is only rows. */
export const manifestStep = (learners: readonly Learner[]): Step => ({
  name: 'manifest',
  async open(run: RunContext) {
    return units(1, async () => {
      const { items, newestMs, events } = await readItems(run)
      const objects: Manifest['objects'] = []
      for (const { name } of learners) {
        for (let block = 0; await run.folder.has(OBJECTS.rows(name, block)); block++) {
          const bytes = await run.folder.bytes(OBJECTS.rows(name, block))
          const rows = bytes.length === 0 ? 0 : 1 + bytes.reduce((count, byte) => count + Number(byte === NEWLINE), 0)
          objects.push({ name: OBJECTS.rows(name, block), bytes: bytes.length, rows, sha256: await digestOf(bytes) })
          await run.breathe()
        }
      }
      const manifest: Manifest = {
        schema: SCHEMA,
        shop: run.shop,
        run: run.run,
        newest_ms: newestMs,
        events,
        items: items.length,
        learners: Object.fromEntries(learners.map(({ name, version }) => [name, String(version)])),
        objects,
      }
      await run.folder.put(OBJECTS.manifest, JSON.stringify(manifest))
    })
  },
})

export const readManifest = async (run: Pick<RunContext, 'folder'>): Promise<Manifest> =>
  JSON.parse(await run.folder.text(OBJECTS.manifest)) as Manifest
