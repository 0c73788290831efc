import { digestOf, type Manifest, manifestSchema } from './manifest_step.ts'
import { ROW_KINDS, rowsByKind } from './rows.ts'
import { OBJECTS, type RunContext, type Step, units } from './step.ts'

/** The catalogue may have moved on while a run was learned elsewhere; a greater share of unknown ids is another shop's. */
const UNKNOWN_SHARE_MAX = 0.05
const ROWS_PER_BREATH = 50
/** Where objects go that were checked, below the run's folder. */
export const CHECKED = 'checked/'

/** What another machine handed in is not what it should be; the message says which rule it breaks. */
export class ArtefactsRefused extends Error {
  constructor(why: string) {
    super(`the artefacts were refused: ${why}`)
    this.name = 'ArtefactsRefused'
  }
}

type KnownItems = (ids: readonly string[]) => Promise<Set<string>>

/**
 * Checks what another machine handed in, before a row of it is published: its schema, shop and name, every object's
 * digest, every row's form and numbers. Ids that the shop does not know are taken out.
 * @throws ArtefactsRefused
 */
export const checkStep = (knownItems: KnownItems): Step => ({
  name: 'check',
  async open(run: RunContext) {
    const { objects } = checkManifest(await run.folder.text(OBJECTS.manifest), run)
    return units(objects.length, async (index) => {
      const object = objects[index]!
      const lines = await checkObject(await run.folder.bytes(object.name), object, knownItems, run.breathe)
      await run.folder.put(CHECKED + object.name, lines.join('\n'))
    })
  },
})

/** @throws ArtefactsRefused */
export function checkManifest(text: string, { shop, run }: { shop: string; run: string | null }): Manifest {
  const parsed = manifestSchema.safeParse(jsonOf(text))
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    throw new ArtefactsRefused(`manifest.json: ${path.join('.') || 'the document'}: ${message}`)
  }
  const manifest = parsed.data
  if (manifest.shop !== shop) throw new ArtefactsRefused(`manifest.json is of the shop ${manifest.shop}`)
  if (run !== null && manifest.run !== run) throw new ArtefactsRefused(`manifest.json is of the run ${manifest.run}`)
  return manifest
}

/**
 * @returns the object's rows as they may be published
 * @throws ArtefactsRefused
 */
export async function checkObject(
  bytes: Uint8Array,
  object: Manifest['objects'][number],
  knownItems: KnownItems,
  breathe: () => Promise<void>,
): Promise<string[]> {
  const refused = (why: string) => new ArtefactsRefused(`${object.name}: ${why}`)
  if (bytes.length !== object.bytes || (await digestOf(bytes)) !== object.sha256)
    throw refused('its bytes are not those of the manifest')
  const byKind = readRows(new TextDecoder().decode(bytes), refused)
  const ids = new Set<string>()
  const lines: string[] = []
  let rows = 0
  for (const [name, own] of byKind) {
    const kind = ROW_KINDS[name]!
    if (kind.whole && object.name !== OBJECTS.rows(name, 0))
      throw refused(`rows of ${name} stand together, in ${OBJECTS.rows(name, 0)}`)
    for (const row of own) {
      const checked = kind.schema.safeParse(row)
      if (!checked.success) {
        const { path, message } = checked.error.issues[0]!
        throw refused(`row ${rows + 1}: ${path.join('.')}: ${message}`)
      }
      kind.known(row, (id) => Boolean(ids.add(id)))
      if (++rows % ROWS_PER_BREATH === 0) await breathe()
    }
  }
  if (rows !== object.rows) throw refused(`it has ${rows} rows, and ${object.rows} by the manifest`)
  const known = await knownItems([...ids])
  const unknown = [...ids].filter((id) => !known.has(id)).length
  if (unknown > ids.size * UNKNOWN_SHARE_MAX) throw refused(`${unknown} of ${ids.size} items are not known to the shop`)
  for (const [name, own] of byKind) {
    for (const row of own) {
      const kept = ROW_KINDS[name]!.known(row, (id) => known.has(id))
      if (kept !== null) lines.push(JSON.stringify(kept))
    }
  }
  return lines
}

function readRows(text: string, refused: (why: string) => ArtefactsRefused) {
  try {
    return rowsByKind(text)
  } catch (error) {
    throw refused(error instanceof TypeError ? error.message : 'a line is not JSON')
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
