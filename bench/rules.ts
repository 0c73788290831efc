/** What a shop's rules cost a shelf: as many as a set may have, all in force, against the same page without them. */
import { seededRng } from '../shared/base/rng.ts'
import type { Card } from '../shared/domain/card.ts'
import { RULE_LIMITS, type Rule } from '../shared/domain/rule.ts'
import { arrange, type RulePage } from '../shared/rank/rules_arrange.ts'
import { compileRules } from '../shared/rank/rules_compile.ts'
import { rulesInForce } from '../shared/rank/rules_in_force.ts'
import { rankedCards, ruleCard, ruleOf, SCENE } from '../tests/support/rules.ts'
import { median, quantile } from './load.ts'
import { printTable, type Row } from './table.ts'

const SEED = 20_260_603
const BRANDS = Array.from({ length: 40 }, (_, at) => `brand ${at}`)
const PATHS = Array.from({ length: 30 }, (_, at) => `Root ${at % 5} > Sub ${at % 10} > Leaf ${at}`)
const COLOURS = ['red', 'blue', 'green']
const ROUNDS = 2_000

type Ranked = ReturnType<typeof rankedCards>[number]

/** @returns milliseconds of CPU by number of ranked items; selection itself is left out */
export function benchRules(options: { quick: boolean; json: boolean }): Row[] {
  const rng = seededRng(SEED)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(rng.next() * list.length)]!
  const card = (at: number): Card =>
    ruleCard(`i${at}`, {
      ...{ brand: pick(BRANDS), categories: [pick(PATHS)], stock: Math.floor(rng.next() * 50) },
      ...{ price: 1_000 + Math.floor(rng.next() * 1_000), attributes: { colour: pick(COLOURS), cost: 500 } },
    })
  const condition = () =>
    pick([
      { field: 'brand', op: 'eq', value: pick(BRANDS) },
      { field: 'brand', op: 'in', value: BRANDS.slice(0, 1 + Math.floor(rng.next() * 20)) },
      { field: 'category', op: 'eq', value: `Root ${Math.floor(rng.next() * 5)}` },
      { field: 'category', op: 'in', value: PATHS.slice(0, 5) },
      { field: 'price', op: 'lt', value: 1_500 },
      { field: 'attribute.colour', op: 'eq', value: 'red' },
      { field: 'id', op: 'in', value: Array.from({ length: 9 }, () => `i${Math.floor(rng.next() * 1_000)}`) },
    ])
  const actions: Array<Rule['action']> = [
    { kind: 'boost', factor: 1.2 },
    { kind: 'bury' },
    { kind: 'hide' },
    { kind: 'cap', per: 'brand', at_most: 2 },
    { kind: 'margin', strength: 1, from: { cost: 'cost', currency: 'GBP' } },
    { kind: 'stock', below: 5, effect: 'bury' },
    { kind: 'pin', item_ids: ['i5', 'i9'] },
  ]
  const rules = Array.from({ length: RULE_LIMITS.rules }, (_, at) => {
    const items = at % 2 === 0 ? condition() : { all: [condition(), { not: condition() }] }
    return ruleOf(`r${at}`, pick(actions), { priority: at % 7, currency: 'GBP', items })
  })
  const compiled = compileRules({ version: 1, rules })
  const page: RulePage<Ranked> = {
    ...{ count: 12, maxPerBrand: 50, maxPerCategory: 4 },
    select: (entries, limit) => entries.slice(0, limit),
  }
  const rows = [50, 100].map((count): Row => {
    const ranked = rankedCards(...Array.from({ length: count }, (_, at) => card(at)))
    const times: number[] = []
    for (let round = 0; round < (options.quick ? ROUNDS / 10 : ROUNDS); round++) {
      const startedAt = performance.now()
      arrange(ranked, rulesInForce(compiled, SCENE), page)
      times.push(performance.now() - startedAt)
    }
    times.sort((a, b) => a - b)
    return { items: count, rules: rules.length, 'median ms': median(times), 'p95 ms': quantile(times, 0.95) }
  })
  if (options.json) console.log(JSON.stringify({ seed: SEED, rows }, null, 2))
  else printTable(rows)
  return rows
}
