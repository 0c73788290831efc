import { chunk } from '../base/batch.ts'
import { SECOND_MS } from '../base/clock.ts'
import { VECTOR_VIEWS, type VectorSpace, type VectorView } from '../domain/vector_space.ts'
import { EMBED_BATCH, type EmbedAnswer, isLocalVersion, type TextField } from '../model/embedder_rpc.ts'
import type { VectorMark } from '../store/catalogue/vector_ledger.ts'
import type { EnrichDeps, Keep } from './deps.ts'
import { spacesOf } from './embedder.ts'
import { foundFields, itemFields } from './item_fields.ts'

/** Why vectors could not be made now; what was made until then stands. */
export class EmbedderFailed extends Error {
  readonly reason: 'unknown_version' | 'unavailable'
  constructor(reason: 'unknown_version' | 'unavailable') {
    super(`the embedder did not answer: ${reason}`)
    this.name = 'EmbedderFailed'
    this.reason = reason
  }
}

/** A provider's answer about EMBED_BATCH texts may take 30 s; a lease that ends sooner would have them paid for twice. */
const EMBED_STEP_MS = 45 * SECOND_MS

/** Contents of one call to the local embedder: it does a call in one go, a millisecond or two a text. */
const LOCAL_BATCH = 10

interface Content {
  hash: string
  fields: TextField[]
}

/**
 * Makes and writes the vectors of these items in one view of a space. A vector that the index already has is only noted,
 * and equal texts are embedded once: no text is paid for twice, over restarts too.
 * @throws EmbedderFailed
 */
export async function embedInto(
  space: VectorSpace,
  view: VectorView,
  items: readonly string[],
  deps: EnrichDeps,
  keep: Keep = async () => {},
): Promise<void> {
  for (const part of chunk(items, EMBED_BATCH)) {
    const contents = await contentsOf(space.shop, view, part, deps)
    if (contents.size === 0) continue
    const present = await deps.vectors.get(space, view, [...contents.keys()])
    const had: VectorMark[] = []
    const wanted: Array<VectorMark & { fields: TextField[] }> = []
    for (const [item, { hash, fields }] of contents) {
      if (present.get(item)?.stamp === hash) had.push({ item, hash })
      else wanted.push({ item, hash, fields })
    }
    if (had.length > 0) {
      const marks = had.map((one) => ({ ...one, bare: false, seen: true }))
      await deps.ledger.wrote(space, view, marks, null, deps.clock.now())
    }
    if (wanted.length === 0) continue
    const unique = [...new Map(wanted.map((one) => [one.hash, one.fields]))]
    const vectors = new Map<string, Float32Array>()
    for (const some of chunk(unique, isLocalVersion(space.version) ? LOCAL_BATCH : EMBED_BATCH))
      for (const [hash, vector] of await embedAll(space, some, deps, keep)) vectors.set(hash, vector)
    const made = wanted.map((one) => ({ ...one, values: vectors.get(one.hash)! }))
    const isBare = (values: Float32Array) => values.every((value) => value === 0)
    const real = made.filter((one) => !isBare(one.values))
    const mutation = await deps.vectors.upsert(
      space,
      view,
      real.map(({ item, values, hash }) => ({ item, values, stamp: hash })),
    )
    await deps.ledger.wrote(
      space,
      view,
      made.map(({ item, hash, values }) => ({ item, hash, bare: isBare(values), seen: false })),
      mutation,
      deps.clock.now(),
    )
    // A text that lost its direction must not be found by its former one.
    const bare = made.filter((one) => isBare(one.values) && present.has(one.item)).map((one) => one.item)
    if (bare.length > 0) await deps.vectors.remove(space, view, bare)
  }
}

async function contentsOf(
  shop: string,
  view: VectorView,
  items: readonly string[],
  deps: EnrichDeps,
): Promise<Map<string, Content>> {
  if (view === 'found') {
    const found = await deps.found.of(shop, items)
    return new Map([...found].map(([item, one]) => [item, { hash: one.hash, fields: foundFields(one) }]))
  }
  const texts = await deps.catalogue.texts(shop, items)
  return new Map(texts.map((text) => [text.id, { hash: text.textHash, fields: itemFields(text) }]))
}

/** Vectors by content. What a provider refuses is halved until the culprit stands alone; it gets no direction. */
async function embedAll(
  space: VectorSpace,
  contents: ReadonlyArray<readonly [hash: string, fields: TextField[]]>,
  deps: EnrichDeps,
  keep: Keep,
): Promise<Map<string, Float32Array>> {
  if (!isLocalVersion(space.version)) await keep(EMBED_STEP_MS)
  const answer: EmbedAnswer = await deps.model.embedItems(
    space.shop,
    space.version,
    contents.map(([, fields]) => fields),
  )
  if (answer.ok) {
    if (
      answer.vectors.length !== contents.length ||
      answer.vectors.some((vector) => vector.length !== space.dimensions)
    )
      throw new EmbedderFailed('unknown_version')
    return new Map(contents.map(([hash], index) => [hash, answer.vectors[index]!]))
  }
  if (answer.reason !== 'refused') throw new EmbedderFailed(answer.reason)
  if (contents.length === 1) {
    deps.log.error('embedding_refused', new Error('the provider refuses a text'), { shop: space.shop })
    return new Map([[contents[0]![0], new Float32Array(space.dimensions)]])
  }
  const middle = contents.length >> 1
  const first = await embedAll(space, contents.slice(0, middle), deps, keep)
  return new Map([...first, ...(await embedAll(space, contents.slice(middle), deps, keep))])
}

/**
 * Brings the vectors of changed items up to date in every space that is written to: made, made anew or removed.
 * A provider that is away delays nothing else: its vectors are made by the next preparation.
 * @returns whether any was made
 */
export async function syncVectors(
  shop: string,
  items: readonly string[],
  deps: EnrichDeps,
  keep: Keep,
): Promise<boolean> {
  const { active, next } = await spacesOf(shop, deps)
  const dead = await deps.ledger.dead(shop, items)
  let made = false
  for (const space of [active, next]) {
    if (space === null) continue
    for (const view of VECTOR_VIEWS) {
      const gone = await deps.ledger.gone(space, view, items.length, items)
      await drop(space, view, [...new Set([...dead, ...gone])], deps)
      const due = await deps.ledger.due(space, view, items.length, items)
      if (due.length === 0) continue
      made = true
      try {
        await embedInto(
          space,
          view,
          due.map((one) => one.item),
          deps,
          keep,
        )
      } catch (error) {
        if (!(error instanceof EmbedderFailed)) throw error
        deps.log.error('embedding_delayed', error, { shop, version: space.version })
      }
    }
  }
  return made
}

/** Removes vectors, and the memory of them last: a removal that dies is repeated. */
export async function drop(space: VectorSpace, view: VectorView, items: readonly string[], deps: EnrichDeps) {
  if (items.length === 0) return
  await deps.vectors.remove(space, view, items)
  await deps.ledger.forget(space, view, items)
}

/** No item is called so: removing it is the least that can be asked of the index. */
const NOBODY = ' nobody '

/** Asks the index for a trivial write, to tell a poor item from an index that is away. */
export const touchIndex = (space: VectorSpace, deps: Pick<EnrichDeps, 'vectors'>): Promise<void> =>
  deps.vectors.remove(space, 'text', [NOBODY])

/**
 * The same deps with an embedder that keeps what it answered, for work that is tried again in parts: what failed after
 * the embedding must not be embedded once more.
 */
export function payingOnce(deps: EnrichDeps): EnrichDeps {
  const paid = new Map<string, Float32Array>()
  const embedItems: EnrichDeps['model']['embedItems'] = async (shop, version, items) => {
    const names = items.map((fields) => JSON.stringify([version, fields]))
    const missing = [...new Map(names.flatMap((name, at) => (paid.has(name) ? [] : [[name, items[at]!]]))).entries()]
    if (missing.length > 0) {
      const answer = await deps.model.embedItems(
        shop,
        version,
        missing.map(([, fields]) => fields),
      )
      if (!answer.ok || answer.vectors.length !== missing.length) return answer
      for (const [index, [name]] of missing.entries()) paid.set(name, answer.vectors[index]!)
    }
    return { ok: true, vectors: names.map((name) => paid.get(name)!) }
  }
  return { ...deps, model: { ...deps.model, embedItems } }
}
