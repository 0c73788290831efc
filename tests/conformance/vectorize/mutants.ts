/** The stand-in broken on purpose: one rule a mutant. Each must make the case that is named fail, else the case says nothing. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { VectorEngine } from '../../../workers/local/vectorize/engine.ts'

const FOLDER = join(import.meta.dirname, '../../../workers/local/vectorize')

export interface Mutant {
  what: string
  file: string
  /** Stands in the file once. */
  from: string
  to: string
  /** The case that must fail. */
  rule: string
}

export const MUTANTS: readonly Mutant[] = [
  {
    what: 'a mutation is seen at once',
    file: 'engine.ts',
    from: 'this.#clock.now() - this.#config.visibilityDelayMs',
    to: 'this.#clock.now()',
    rule: 'a mutation is accepted at once and seen after a while',
  },
  {
    what: 'a mutation is seen a millisecond late',
    file: 'engine.ts',
    from: 'this.#pending[due]!.atMs <= visibleUpToMs',
    to: 'this.#pending[due]!.atMs < visibleUpToMs',
    rule: 'a mutation is accepted at once and seen after a while',
  },
  {
    what: 'the watermark is what was accepted last',
    file: 'engine.ts',
    from: 'processedUpToMutation: this.#watermark?.mutationId ?? null',
    to: 'processedUpToMutation: this.#pending.at(-1)?.mutationId ?? this.#watermark?.mutationId ?? null',
    rule: 'the watermark names the last mutation that reads see, its time as text',
  },
  {
    what: 'the watermark stays at the first of several',
    file: 'engine.ts',
    from: 'settled[due - 1]!',
    to: 'settled[0]!',
    rule: 'the watermark names the last mutation that reads see, its time as text',
  },
  {
    what: 'the time of the watermark is a number',
    file: 'engine.ts',
    from: 'new Date(this.#watermark.atMs).toISOString()',
    to: '(this.#watermark.atMs as unknown as string)',
    rule: 'the watermark names the last mutation that reads see, its time as text',
  },
  {
    what: 'a delete overtakes',
    file: 'engine.ts',
    from: 'this.#pending.push(mutation)',
    to: "if (mutation.kind === 'delete') this.#pending.unshift({ ...mutation, atMs: 0 }); else this.#pending.push(mutation)",
    rule: 'mutations are processed in the order in which they were accepted',
  },
  {
    what: 'insert replaces',
    file: 'engine.ts',
    from: "mutation.kind === 'upsert' || !this.#places.has(entry.id)",
    to: 'true',
    rule: 'insert leaves an id that is there as it is, without an error',
  },
  {
    what: 'insert is refused for an id that is there',
    file: 'engine.ts',
    from: "this.#accept({ kind: 'insert', entries: this.#checked(vectors) })",
    to: `{ const entries = this.#checked(vectors)
      this.#settle()
      if (entries.some(({ id }) => this.#places.has(id))) throw new Refusal(CODE.emptyId, 'exists')
      return this.#accept({ kind: 'insert', entries }) }`,
    rule: 'insert leaves an id that is there as it is, without an error',
  },
  {
    what: 'the last of equal ids in one insert stays',
    file: 'engine.ts',
    from: 'for (const entry of mutation.entries) {',
    to: "for (const entry of mutation.kind === 'insert' ? mutation.entries.toReversed() : mutation.entries) {",
    rule: 'of equal ids in one insert the first stays, of those in one upsert the last',
  },
  {
    what: 'the first of equal ids in one upsert stays',
    file: 'engine.ts',
    from: 'for (const entry of mutation.entries) {',
    to: 'for (const entry of mutation.entries.toReversed()) {',
    rule: 'of equal ids in one insert the first stays, of those in one upsert the last',
  },
  {
    what: 'upsert merges metadata',
    file: 'engine.ts',
    from: 'rows.set(place.slot, entry)',
    to: 'rows.set(place.slot, { ...entry, metadata: { ...rows.entries[place.slot]!.metadata, ...entry.metadata } })',
    rule: 'upsert replaces the whole vector and merges nothing',
  },
  {
    what: 'upsert leaves what is there',
    file: 'engine.ts',
    from: "mutation.kind === 'upsert' || !this.#places.has(entry.id)",
    to: '!this.#places.has(entry.id)',
    rule: 'upsert replaces the whole vector and merges nothing',
  },
  {
    what: 'delete stops at an unknown id',
    file: 'engine.ts',
    from: 'for (const id of mutation.ids) this.#remove(id)',
    to: 'if (mutation.ids.every((id) => this.#places.has(id))) for (const id of mutation.ids) this.#remove(id)',
    rule: 'delete forgets ids and passes over unknown ones',
  },
  {
    what: 'the row that moves into a hole is lost',
    file: 'engine.ts',
    from: 'if (moved !== null) this.#places.get(moved)!.slot = place.slot',
    to: 'if (moved !== null) this.#places.delete(moved)',
    rule: 'delete forgets ids and passes over unknown ones',
  },
  {
    what: 'the good half of a refused batch stays',
    file: 'engine.ts',
    from: "this.#accept({ kind: 'upsert', entries: this.#checked(vectors) })",
    to: `(vectors as unknown[]).map((one) => this.#accept({ kind: 'upsert', entries: this.#checked([one]) })).at(-1)!`,
    rule: 'a refused batch leaves nothing behind',
  },
  {
    what: 'values are kept in float64',
    file: 'engine.ts',
    from: 'values: [...place.rows.view(place.slot)]',
    to: 'values: [...place.rows.view(place.slot)].map((value) => Number(value.toPrecision(7)))',
    rule: 'values are kept in float32, and typed arrays are taken',
  },
  {
    what: 'any width is taken',
    file: 'validate.ts',
    from: 'if (values.length !== dimensions) {',
    to: 'if (values.length > dimensions) {',
    rule: 'wrong dimensions are refused, each operation in its own words',
  },
  {
    what: 'an id is measured in characters',
    file: 'validate.ts',
    from: 'const bytes = utf8Length(id)',
    to: 'const bytes = id.length',
    rule: 'an id has at most 64 bytes, whatever its characters',
  },
  {
    what: 'metadata has any size',
    file: 'limits.ts',
    from: 'METADATA_BYTES_MAX = 10 * 1_024',
    to: 'METADATA_BYTES_MAX = 100 * 1_024',
    rule: 'metadata is at most 10 KiB of compact JSON',
  },
  {
    what: 'keys are looked at on the first level',
    file: 'validate.ts',
    from: 'checkKeys(id, inner)',
    to: '',
    rule: 'keys of metadata can be steps of a path, at every level',
  },
  {
    what: 'a key may have a dot',
    file: 'validate.ts',
    from: "|| key.includes('.')",
    to: '',
    rule: 'keys of metadata can be steps of a path, at every level',
  },
  {
    what: 'half a character is taken',
    file: 'validate.ts',
    from: 'if (!text.isWellFormed())',
    to: 'if (false)',
    rule: 'half a character is no text',
  },
  {
    what: 'batches have the size of HTTP',
    file: 'limits.ts',
    from: 'BATCH_MAX = 1_000',
    to: 'BATCH_MAX = 5_000',
    rule: 'one call takes so many vectors and no more',
  },
  {
    what: 'a hundred ids are got at once',
    file: 'limits.ts',
    from: 'GET_IDS_MAX = 20',
    to: 'GET_IDS_MAX = 100',
    rule: 'one call takes 20 ids to get, and 100 to delete',
  },
  {
    what: 'a thousand ids are deleted at once',
    file: 'limits.ts',
    from: 'DELETE_IDS_MAX = 100',
    to: 'DELETE_IDS_MAX = 1_000',
    rule: 'one call takes 20 ids to get, and 100 to delete',
  },
  {
    what: 'a namespace is not looked at',
    file: 'engine.ts',
    from: 'wanted === null ? this.#namespaces.values() : inWanted === undefined ? [] : [inWanted]',
    to: 'this.#namespaces.values()',
    rule: 'a query in a namespace sees that namespace, one without sees all',
  },
  {
    what: 'no namespace is a namespace',
    file: 'engine.ts',
    from: 'const inWanted = wanted === null ? undefined : this.#namespaces.get(wanted)',
    to: 'const inWanted = this.#namespaces.get(wanted)\n    if (wanted === null) return { matches: [], count: 0 }',
    rule: 'a query in a namespace sees that namespace, one without sees all',
  },
  {
    what: 'a vector that moves stays in the first namespace as well',
    file: 'engine.ts',
    from: 'this.#remove(entry.id)\n    this.#places.set',
    to: 'this.#places.set',
    rule: 'a vector that moves to another namespace leaves the first',
  },
  {
    what: 'ten come back by default',
    file: 'limits.ts',
    from: 'TOP_K_DEFAULT = 5',
    to: 'TOP_K_DEFAULT = 10',
    rule: 'five come back unless topK says otherwise, at most a hundred',
  },
  {
    what: 'topK has no bound',
    file: 'limits.ts',
    from: 'TOP_K_MAX = 100',
    to: 'TOP_K_MAX = 1_000',
    rule: 'five come back unless topK says otherwise, at most a hundred',
  },
  {
    what: 'a hundred come back with metadata',
    file: 'limits.ts',
    from: 'TOP_K_WITH_PAYLOAD_MAX = 50',
    to: 'TOP_K_WITH_PAYLOAD_MAX = 100',
    rule: 'with values or all metadata at most fifty come back; with indexed metadata a hundred',
  },
  {
    what: 'indexed metadata counts as all',
    file: 'validate.ts',
    from: "returnValues || returnMetadata === 'all'",
    to: "returnValues || returnMetadata !== 'none'",
    rule: 'with values or all metadata at most fifty come back; with indexed metadata a hundred',
  },
  {
    what: 'metadata comes unasked',
    file: 'engine.ts',
    from: "returnMetadata === 'indexed' ? present(indexed) : null",
    to: "returnMetadata === 'indexed' ? present(indexed) : metadata",
    rule: 'a match has its id and score, and what else was asked for',
  },
  {
    what: 'indexed metadata is all metadata',
    file: 'engine.ts',
    from: "returnMetadata === 'indexed' ? present(indexed) : null",
    to: "returnMetadata === 'indexed' ? metadata : null",
    rule: 'a match has its id and score, and what else was asked for',
  },
  {
    what: 'false is a level of metadata',
    file: 'validate.ts',
    from: "if (returnMetadata !== 'none' &&",
    to: "if ((returnMetadata as unknown) !== false && returnMetadata !== 'none' &&",
    rule: 'metadata is asked for by level: false cannot be read, another word is not sent',
  },
  {
    what: 'a query by an unknown id finds nothing',
    file: 'engine.ts',
    from: 'if (place === undefined) throw new Refusal',
    to: 'if (place === undefined) return { matches: [], count: 0 }\n      if (place === undefined) throw new Refusal',
    rule: 'a query by id searches around that vector, which is among the matches; an unknown id is refused',
  },
  {
    what: 'unknown ids are refused',
    file: 'engine.ts',
    from: 'if (place === undefined) return []',
    to: "if (place === undefined) throw new Refusal(CODE.vectorNotFound, 'unknown')",
    rule: 'unknown ids are left out of what is got',
  },
  {
    what: 'scores are always exact',
    file: 'engine.ts',
    from: 'exact: returnValues',
    to: 'exact: true',
    rule: 'scores are exact when values come back, and approximate when not',
  },
  {
    what: 'scores are never exact',
    file: 'engine.ts',
    from: 'exact: returnValues',
    to: 'exact: false',
    rule: 'scores are exact when values come back, and approximate when not',
  },
  {
    what: 'a cosine is a dot product',
    file: 'search.ts',
    from: 'product / Math.sqrt(squaredNorms)',
    to: 'product',
    rule: 'cosine: best first in its own direction, by its own formula',
  },
  {
    what: 'the longest distance is best',
    file: 'search.ts',
    from: "request.metric === 'cosine' ? score : -score",
    to: "request.metric === 'dot-product' ? -score : score",
    rule: 'euclidean: best first in its own direction, by its own formula',
  },
  {
    what: 'distances are squared',
    file: 'search.ts',
    from: 'Math.sqrt(squaredDistance(row, query))',
    to: 'squaredDistance(row, query)',
    rule: 'euclidean: best first in its own direction, by its own formula',
  },
  {
    what: 'a dot product is not negated',
    file: 'search.ts',
    from: '0 - product',
    to: 'product',
    rule: 'dot-product: best first in its own direction, by its own formula',
  },
  {
    what: 'a filter sees what was written before its index',
    file: 'search.ts',
    from: 'predicate(entries[slot]!.indexed)',
    to: 'predicate({ ...(entries[slot]!.metadata as object), ...entries[slot]!.indexed })',
    rule: 'an index holds the vectors that were written after it, and not those before',
  },
  {
    what: 'an index begins when it is processed',
    file: 'engine.ts',
    from: 'this.#acceptedIndexes = indexesAfter(this.#acceptedIndexes, mutation)',
    to: '',
    rule: 'a vector that follows its index in the log is in it, whenever either is processed',
  },
  {
    what: 'a filter needs no index',
    file: 'search.ts',
    from: 'predicate(entries[slot]!.indexed)',
    to: 'predicate({ ...(entries[slot]!.metadata as object), ...entries[slot]!.indexed })',
    rule: 'a filter on a field without an index finds nothing',
  },
  {
    what: 'a filter without an index is ignored',
    file: 'filter.ts',
    from: 'Object.hasOwn(fields, key) && test(fields[key]!)',
    to: '!Object.hasOwn(fields, key) || test(fields[key]!)',
    rule: 'a filter on a field without an index finds nothing',
  },
  {
    what: 'a filter is applied to the best',
    file: 'search.ts',
    from: `    if (request.predicate === null) search.all()
    else search.matching(request.predicate)
  }
  const best = new TopK<Found>(request.topK)
  for (const { payload } of pool.sorted()) {`,
    to: `    search.all()
  }
  const best = new TopK<Found>(request.topK)
  for (const { payload } of pool.sorted()) {
    if (request.predicate?.(payload.rows.entries[payload.slot]!.indexed) === false) continue`,
    rule: 'a filter is applied before the best are taken',
  },
  {
    what: 'bounds are within the range',
    file: 'filter.ts',
    from: "if (operator === '$lt') return value < bound",
    to: "if (operator === '$lt') return value <= bound",
    rule: 'operators compare values of their own type; fields are joined by and',
  },
  {
    what: 'fields are joined by or',
    file: 'filter.ts',
    from: 'tests.every(({ key, test })',
    to: 'tests.some(({ key, test })',
    rule: 'operators compare values of their own type; fields are joined by and',
  },
  {
    what: 'values are compared as text',
    file: 'filter.ts',
    from: 'return (value) => value === wanted',
    to: 'return (value) => String(value) === String(wanted)',
    rule: 'operators compare values of their own type; fields are joined by and',
  },
  {
    what: 'a dot is no step',
    file: 'metadata.ts',
    from: "path.split('.')",
    to: '[path]',
    rule: 'operators compare values of their own type; fields are joined by and',
  },
  {
    what: 'an empty filter finds all',
    file: 'filter.ts',
    from: "if (entries.length === 0) throw refuse('filter must be a non-empty object')",
    to: '',
    rule: 'what is no filter is refused',
  },
  {
    what: 'operators are combined at will',
    file: 'filter.ts',
    from: 'if (operators.length > 1) checkCombination(key, operators)',
    to: '',
    rule: 'what is no filter is refused',
  },
  {
    what: 'a filter of 2,048 bytes is taken',
    file: 'limits.ts',
    from: 'FILTER_BYTES_LIMIT = 2_048',
    to: 'FILTER_BYTES_LIMIT = 2_049',
    rule: 'what is no filter is refused',
  },
  {
    what: 'an index holds whole strings',
    file: 'limits.ts',
    from: 'INDEXED_STRING_BYTES_MAX = 64',
    to: 'INDEXED_STRING_BYTES_MAX = 1_024',
    rule: 'strings that share their first 64 bytes cannot be told apart',
  },
  {
    what: 'an index holds 64 characters',
    file: 'metadata.ts',
    from: 'utf8Prefix(value, INDEXED_STRING_BYTES_MAX)',
    to: 'value.slice(0, INDEXED_STRING_BYTES_MAX)',
    rule: 'strings that share their first 64 bytes cannot be told apart',
  },
]

/** The engine with one text of its source replaced; with none, as it is. */
export async function brokenEngine(mutant: Pick<Mutant, 'file' | 'from' | 'to'> | null): Promise<typeof VectorEngine> {
  const { outputFiles } = await build({
    entryPoints: [join(FOLDER, 'engine.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'standIn',
    logLevel: 'silent',
    target: 'es2024',
    plugins: [
      {
        name: 'mutant',
        setup({ onLoad }) {
          onLoad({ filter: /vectorize\/\w+\.ts$/ }, async ({ path }) => {
            const source = await readFile(path, 'utf8')
            const isMutated = mutant !== null && path === join(FOLDER, mutant.file)
            return { loader: 'ts', contents: isMutated ? replacedOnce(source, mutant) : source }
          })
        },
      },
    ],
  })
  const { VectorEngine: Engine } = new Function(`${outputFiles[0]!.text}; return standIn`)() as {
    VectorEngine: typeof VectorEngine
  }
  return Engine
}

/** Throws where the text does not stand in the source once: the mutant would be the engine as it is. */
function replacedOnce(source: string, { from, to, file }: Pick<Mutant, 'file' | 'from' | 'to'>): string {
  const parts = source.split(from)
  if (parts.length !== 2) throw new Error(`${JSON.stringify(from)} stands ${parts.length - 1} times in ${file}`)
  return parts.join(to)
}
