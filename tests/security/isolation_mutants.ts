// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources are quoted as they stand
/**
 * The product with one of its shop predicates taken out, by a change of its source as it is loaded: what the check says of
 * it shows whether the check sees anything. A predicate that no longer stands in the source is an error, and no mutant that
 * passes.
 */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Finding } from './isolation_judge.ts'

interface Change {
  file: string
  predicate: string
  instead: string
}

const READS = 'shared/store/catalogue/shelf_reads.ts'
const WORDS = 'shared/store/catalogue/text_hits.ts'
const KEYS = 'shared/store/keys.ts'

/** By what the product does then. */
export const MUTANTS = {
  'that reads the neighbours of any shop’s item': [
    {
      file: READS,
      predicate: 'FROM neighbours WHERE shop = ?1 AND',
      instead: 'FROM neighbours WHERE (shop = ?1 OR 1) AND',
    },
  ],
  'that reads the words of any shop’s item': [
    {
      file: READS,
      predicate: 'FROM items i WHERE i.shop = ?1 AND i.id IN',
      instead: 'FROM items i WHERE (i.shop = ?1 OR 1) AND i.id IN',
    },
  ],
  'that makes cards of any shop’s item': [
    {
      file: READS,
      predicate: 'wanted CROSS JOIN items i ON i.shop = ?1 AND',
      instead: 'wanted CROSS JOIN items i ON (i.shop = ?1 OR 1) AND',
    },
  ],
  'that fills shelves with any shop’s items': [
    {
      file: READS,
      predicate: 'WHERE i.shop = ?1 AND ${CARD_CONDITION} AND shown',
      instead: 'WHERE (i.shop = ?1 OR 1) AND ${CARD_CONDITION} AND shown',
    },
  ],
  'that searches any shop’s words': [{ file: WORDS, predicate: '`tenant : ${tenantToken(shop)} AND `', instead: "''" }],
  'that tells the details of any shop’s item': [
    {
      file: 'shared/store/catalogue/item_details.ts',
      predicate: 'WHERE i.shop = ?1 AND i.id = ?2',
      instead: 'WHERE (i.shop = ?1 OR 1) AND i.id = ?2',
    },
  ],
  'that reads any shop’s rules': [
    {
      file: 'shared/store/catalogue/rules.ts',
      predicate: 'FROM rule_versions WHERE shop = ?1 ${sql}',
      instead: 'FROM rule_versions WHERE (shop = ?1 OR 1) ${sql}',
    },
  ],
  'that reads any shop’s shoppers': [
    {
      file: 'shared/store/live/live_d1.ts',
      predicate: 'FROM recents WHERE shop = ?1 AND',
      instead: 'FROM recents WHERE (shop = ?1 OR 1) AND',
    },
  ],
  'that forgets any shop’s habits': [
    {
      file: 'shared/store/live/habits.ts',
      predicate: 'DELETE FROM habits WHERE shop = ?1 AND shopper >= ?2',
      instead: 'DELETE FROM habits WHERE (shop = ?1 OR 1) AND shopper >= ?2',
    },
  ],
  'that opens any shop’s dead letters': [
    {
      file: 'shared/store/operations/dead_letters.ts',
      predicate: 'WHERE seq = ?1 AND (?2 IS NULL OR shop = ?2)',
      instead: 'WHERE seq = ?1 AND (?2 IS NULL OR 1)',
    },
  ],
  'that drops any shop’s dead letters': [
    {
      file: 'shared/store/operations/dead_letters.ts',
      predicate: "'seq = ?1 AND (?2 IS NULL OR shop = ?2) AND",
      instead: "'seq = ?1 AND (?2 IS NULL OR 1) AND",
    },
  ],
  'that takes an event of another shop for one it has seen': [
    {
      file: 'shared/store/operations/event_inbox.ts',
      predicate: 'FROM json_each(?3) WHERE NOT EXISTS (SELECT 1 FROM event_ids WHERE shop = ?1\n',
      instead: 'FROM json_each(?3) WHERE NOT EXISTS (SELECT 1 FROM event_ids WHERE ?1 = ?1\n',
    },
  ],
  'that takes a delivery of another shop for one it has taken': [
    {
      file: 'shared/store/catalogue/deliveries_store.ts',
      predicate: 'FROM deliveries WHERE shop = ?1 AND source = ?2 AND id',
      instead: 'FROM deliveries WHERE (shop = ?1 OR 1) AND source = ?2 AND id',
    },
  ],
  'with one name for all shops’ shelves': [
    { file: KEYS, predicate: '`shelf:v1:${shop}:${digest}`', instead: '`shelf:v1:${digest}`' },
    {
      file: 'shared/recommend/request.ts',
      predicate: 'request.shop.shop,\n    request.placementName',
      instead: 'request.placementName',
    },
  ],
  'with one name for all shops’ cards': [{ file: KEYS, predicate: '`item:v2:${shop}:', instead: '`item:v2:' }],
  'with one name for all shops’ reasons': [
    { file: KEYS, predicate: '`reason:v1:${shop}:${digest}`', instead: '`reason:v1:${digest}`' },
  ],
  'with one space for all shops’ vectors': [
    { file: KEYS, predicate: '`${shop}:${hash64(version)', instead: '`all:${hash64(version)' },
  ],
  'that looks for vectors in every space': [
    { file: 'shared/store/vectors.ts', predicate: '        namespace: namespaceOf(space, view),\n', instead: '' },
  ],
  'that learns from all shops’ events': [
    {
      file: KEYS,
      predicate: 'eventsOfShop: (shop: string) => `events/v1/${shop}/`',
      instead: 'eventsOfShop: (shop: string) => `events/v1/${shop.slice(0, 0)}`',
    },
  ],
  'that archives records of several shops together': [
    { file: 'shared/enrich/keep_impressions.ts', predicate: '`${shop} ${day}`', instead: '`${day}`' },
  ],
  'that buries records of several shops together': [
    {
      file: 'workers/enrich/queues.ts',
      predicate: "textOf(record, 'shop') ?? ''",
      instead: "textOf(body[0], 'shop') ?? ''",
    },
  ],
  'that asks a model once for equal items of all shops': [
    { file: 'shared/enrich/enrich_wanted.ts', predicate: "['understand', shop, ", instead: "['understand', " },
  ],
  'that asks a model once for equal pasts of all shops': [
    {
      file: 'shared/enrich/profiles/ask_model.ts',
      predicate: 'lengthPrefixed([shop, recipe',
      instead: 'lengthPrefixed([recipe',
    },
  ],
  'that remembers what surrounds an item without its shop': [
    { file: 'shared/recommend/surroundings.ts', predicate: '`${request.shop.shop} ${id}`', instead: '`${id}`' },
  ],
  'that remembers lists without their shop': [
    { file: 'shared/recommend/market_lists.ts', predicate: '`${shop} ${market}`', instead: '`${market}`' },
  ],
  'that remembers statistics without their shop': [
    {
      file: 'shared/recommend/item_stats.ts',
      predicate: 'deps.memory.stats.get(shop, nowMs)',
      instead: "deps.memory.stats.get('', nowMs)",
    },
    {
      file: 'shared/recommend/item_stats.ts',
      predicate: 'deps.memory.stats.set(shop, { stats,',
      instead: "deps.memory.stats.set('', { stats,",
    },
  ],
} as const satisfies Record<string, readonly Change[]>
export type Mutant = keyof typeof MUTANTS
export const MUTANT_NAMES = Object.keys(MUTANTS) as Mutant[]

const ROOT = join(import.meta.dirname, '../..')

const standsOnce = (source: string, predicate: string) => source.split(predicate).length === 2

/** Mutants of a source that has moved on: they can no longer be made. */
export const outdatedMutants = (): Mutant[] =>
  MUTANT_NAMES.filter((name) =>
    (MUTANTS[name] as readonly Change[]).some(
      ({ file, predicate }) => !standsOnce(readFileSync(join(ROOT, file), 'utf8'), predicate),
    ),
  )

/** Of everything that is loaded from now on. @throws while loading, where a predicate does not stand once in its file */
export function mutate(name: string): void {
  const changes: readonly Change[] | undefined = (MUTANTS as Record<string, readonly Change[]>)[name]
  if (changes === undefined) throw new Error(`there is no mutant ${name}`)
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      const own = url.startsWith('file:') ? changes.filter(({ file }) => fileURLToPath(url) === join(ROOT, file)) : []
      if (own.length === 0) return loaded
      let source = String(loaded.source)
      for (const { file, predicate, instead } of own) {
        if (!standsOnce(source, predicate)) throw new Error(`${file} has not once: ${predicate}`)
        source = source.replace(predicate, () => instead)
      }
      return { ...loaded, source }
    },
  })
}

export interface MutantOutcome {
  mutant: Mutant
  sequences: number
  /** The first thing that is seen of it; null where it passes. */
  caught: Finding | null
  /** The sequence and step that it was seen in; null: where the shops were made. */
  at: string | null
}

/** In a process of its own, until it is caught. */
export function tryMutant(mutant: Mutant, seed: number, sequences: number): Promise<MutantOutcome> {
  const args = ['--mutant', mutant, '--seed', String(seed), '--sequences', String(sequences)]
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 64 * 1024 * 1024 }
    execFile(
      process.execPath,
      [join(import.meta.dirname, 'isolation.ts'), ...args],
      options,
      (error, stdout, stderr) => {
        // Any other end than the judge's own says nothing of the judge.
        if (error !== null && error.code !== 1) return reject(new Error(stderr))
        try {
          resolve(JSON.parse(stdout) as MutantOutcome)
        } catch {
          reject(new Error(`${mutant}: ${stdout}\n${stderr}`))
        }
      },
    )
  })
}
