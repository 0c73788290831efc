/**
 * The product with one of its guards taken out, by a change of its source as it is loaded: what the suite says of it shows
 * whether the suite sees anything. A guard that is no longer found in the source is an error, and no mutant that passes.
 */
import { execFile } from 'node:child_process'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Finding } from './containment_judge.ts'

interface Change {
  file: string
  guard: string
  instead: string
}

export const MUTANTS = {
  'without the bound of displacement': [
    {
      file: 'shared/recommend/llm/order_shelf.ts',
      guard: '{ maxMoves: MOVES, maxRise: MOVES }',
      instead: '{ maxMoves: 50 }',
    },
  ],
  'without the check of numbers': [
    {
      file: 'shared/rerank/read_order.ts',
      guard: 'counts: validShare >= RERANK_LIMITS.validShareMin',
      instead: 'counts: true',
    },
  ],
  'without the check of versions': [
    { file: 'shared/rerank/order_state.ts', guard: 'versions.get(id) === version', instead: 'versions.has(id)' },
    { file: 'shared/rerank/apply_order.ts', guard: 'own !== undefined && own.version === version', instead: 'own' },
  ],
  'without the check of reasons': [
    {
      file: 'shared/explain/tell_reasons.ts',
      guard: 'checkReason(sentences, own.bundle, locale)',
      instead: 'null',
    },
  ],
  'with any name in a template': [
    {
      file: 'shared/explain/quotable.ts',
      guard: `isPlainName(text) && isPlainName(text.normalize('NFKC')) && !isSelfPromotion(text)`,
      instead: 'text !== ""',
    },
  ],
  'with the search in a key': [
    {
      file: 'shared/rerank/order_key.ts',
      guard: `context.query === null ? '' : hash128(context.query)`,
      instead: `context.query ?? ''`,
    },
  ],
} as const satisfies Record<string, readonly Change[]>
export type Mutant = keyof typeof MUTANTS
export const MUTANT_NAMES = Object.keys(MUTANTS) as Mutant[]

const ROOT = join(import.meta.dirname, '../..')

/** Of everything that is loaded from now on. @throws while loading, where a guard does not stand once in its file */
export function mutate(name: Mutant): void {
  const changes: readonly Change[] = MUTANTS[name]
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      const own = url.startsWith('file:') ? changes.filter(({ file }) => fileURLToPath(url) === join(ROOT, file)) : []
      if (own.length === 0) return loaded
      let source = String(loaded.source)
      for (const { file, guard, instead } of own) {
        if (source.split(guard).length !== 2) throw new Error(`${file} has no such guard: ${guard}`)
        source = source.replace(guard, instead)
      }
      return { ...loaded, source }
    },
  })
}

export interface MutantOutcome {
  mutant: Mutant
  rounds: number
  /** Shelves that had the attacker's order: without one, or a told reason, nothing was tried. */
  orders: number
  told: number
  /** The first thing that is seen of it; null where it passes. */
  caught: Finding | null
}

/** In a process of its own, until it is caught. */
export function tryMutant(mutant: Mutant, seed: number, rounds: number): Promise<MutantOutcome> {
  const args = ['--mutant', mutant, '--seed', String(seed), '--rounds', String(rounds)]
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [join(import.meta.dirname, 'containment.ts'), ...args], (error, stdout, stderr) => {
      // Any other end than the judge's own says nothing of the judge.
      if (error !== null && error.code !== 1) return reject(new Error(stderr))
      try {
        resolve(JSON.parse(stdout) as MutantOutcome)
      } catch {
        reject(new Error(`${stdout}\n${stderr}`))
      }
    })
  })
}
