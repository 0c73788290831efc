import * as z from 'zod'
import { Problem } from '../base/problem.ts'
import { fieldErrors } from './decode.ts'
import { type Filter, filterSchema } from './filter.ts'
import {
  currencySchema,
  idSchema,
  localeSchema,
  marketSchema,
  minorSchema,
  momentSchema,
  placementNameSchema,
  shortTextSchema,
} from './ids.ts'
import { LIMITS } from './limits.ts'

/** Limits of a set of rules: it travels with the shop's configuration and is judged for every shelf. */
export const RULE_LIMITS = {
  rules: 200,
  /** Items that one rule may pin, and that one shelf asks for because they are pinned: half of the finalists. */
  pinnedItems: 20,
  pinnedFinalists: LIMITS.finalists / 2,
  /** Items with a cost of their own in one rule. */
  costs: 500,
  /** Ids named by all rules of a set, in filters and pins: some of them travel with every shelf's query. */
  ids: 2_000,
  placements: 20,
  locales: 50,
  priority: 1_000,
  factor: { min: 0.01, max: 100 },
  strength: 10,
  stock: 1_000_000,
  noteChars: 1_000,
  /** Versions kept of a shop, and listed at once. */
  versions: 500,
  listed: 50,
} as const

const attributeNameSchema = z.string().regex(/^[^"\\\p{C}]{1,200}$/u, 'the name of an attribute')

const distinct = (list: readonly unknown[]): boolean => new Set(list).size === list.length

const pinSchema = z.strictObject({
  kind: z.literal('pin'),
  /** Best first; those that cannot be shown are passed over, so that what follows `positions` stands in for them. */
  item_ids: z.array(idSchema).min(1).max(RULE_LIMITS.pinnedItems).refine(distinct, 'names an item twice'),
  /** Places of the shelf, counted from 1 and over pages; 1, 2, 3 ... when absent. */
  positions: z
    .array(z.int().min(1).max(LIMITS.shelfLimit))
    .min(1)
    .max(RULE_LIMITS.pinnedItems)
    .refine(distinct, 'names a position twice')
    .optional(),
})

/** Where a margin is read: a fraction of the price, or a cost in one currency, which judges offers in that currency alone. */
const marginSourceSchema = z.union([
  z.strictObject({ ratio: attributeNameSchema }),
  z.strictObject({ cost: attributeNameSchema, currency: currencySchema }),
  z.strictObject({
    costs: z
      .record(idSchema, minorSchema)
      .refine((all) => Object.keys(all).length <= RULE_LIMITS.costs, `at most ${RULE_LIMITS.costs} costs`),
    currency: currencySchema,
  }),
])
export type MarginSource = z.infer<typeof marginSourceSchema>

const actionSchema = z.discriminatedUnion('kind', [
  pinSchema,
  z.strictObject({
    kind: z.literal('boost'),
    factor: z.number().min(RULE_LIMITS.factor.min).max(RULE_LIMITS.factor.max),
  }),
  z.strictObject({ kind: z.literal('bury') }),
  z.strictObject({ kind: z.literal('hide') }),
  z.strictObject({
    kind: z.literal('cap'),
    /** Of a page. */
    at_most: z.int().min(1).max(LIMITS.shelfLimit),
    /** What is counted apart: each brand, each particular category, each value of an attribute, or all that match together. */
    per: z.union([
      z.enum(['brand', 'category', 'all']),
      z.string().regex(/^attribute\.[^"\\\p{C}]{1,200}$/u, 'brand, category, all or attribute.NAME'),
    ]),
  }),
  z.strictObject({
    kind: z.literal('margin'),
    /** A score is multiplied by 1 + strength x margin. */
    strength: z.number().gt(0).max(RULE_LIMITS.strength),
    from: marginSourceSchema,
  }),
  z.strictObject({
    kind: z.literal('stock'),
    /** Units in stock in the shopper's market; items whose stock is not tracked are never short of it. */
    below: z.int().min(1).max(RULE_LIMITS.stock),
    effect: z.enum(['bury', 'hide']),
  }),
])
export type RuleAction = z.infer<typeof actionSchema>

/** The requests that a rule is for; every part that is given must hold. */
const whenSchema = z.strictObject({
  placements: z.array(placementNameSchema).min(1).max(RULE_LIMITS.placements).optional(),
  markets: z.array(marketSchema).min(1).max(LIMITS.marketsPerShop).optional(),
  /** `de` is every German, `de-AT` that one alone. */
  locales: z.array(localeSchema).min(1).max(RULE_LIMITS.locales).optional(),
  /** Whether the request has words to search for. */
  query: z.boolean().optional(),
  /** `known`: something is known that the shopper did. */
  shopper: z.enum(['new', 'known']).optional(),
})

/** Without items these would be about the whole shop, which is never meant. */
const NEED_ITEMS: ReadonlySet<RuleAction['kind']> = new Set(['boost', 'bury', 'hide'])

export const ruleSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'lower case letters, digits, _ and -, 64 at most'),
    name: shortTextSchema,
    enabled: z.boolean().default(true),
    /** Where rules contradict each other the higher wins. */
    priority: z.int().min(-RULE_LIMITS.priority).max(RULE_LIMITS.priority).default(0),
    from: momentSchema.optional(),
    /** The first moment at which the rule is over. */
    until: momentSchema.optional(),
    when: whenSchema.optional(),
    items: filterSchema.optional(),
    /** The rule is about offers in this currency alone. A filter that compares prices needs it. */
    currency: currencySchema.optional(),
    action: actionSchema,
  })
  .superRefine((rule, context) => {
    const wrong = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (rule.from !== undefined && rule.until !== undefined && Date.parse(rule.from) >= Date.parse(rule.until))
      wrong(['until'], 'is not after from')
    if (rule.items === undefined && NEED_ITEMS.has(rule.action.kind))
      wrong(
        ['items'],
        `a rule that ${rule.action.kind === 'bury' ? 'buries' : `${rule.action.kind}s`} says which items`,
      )
    if (rule.items !== undefined && rule.currency === undefined && namesPrice(rule.items))
      wrong(['currency'], 'a filter that compares prices says in which currency')
  })
export type Rule = z.infer<typeof ruleSchema>

const partsOf = (filter: Filter): readonly Filter[] =>
  'all' in filter ? filter.all : 'any' in filter ? filter.any : 'not' in filter ? [filter.not] : []

const namesPrice = (filter: Filter): boolean =>
  ('field' in filter && filter.field === 'price' && filter.op !== 'exists') || partsOf(filter).some(namesPrice)

function idsNamed(filter: Filter): number {
  if ('field' in filter) return filter.field !== 'id' ? 0 : Array.isArray(filter.value) ? filter.value.length : 1
  return partsOf(filter).reduce((sum, part) => sum + idsNamed(part), 0)
}

/** Conditions and joints of a filter. */
export const filterSize = (filter: Filter): number =>
  1 + partsOf(filter).reduce((sum, part) => sum + filterSize(part), 0)

export const ruleListSchema = z
  .array(ruleSchema)
  .max(RULE_LIMITS.rules)
  .superRefine((rules, context) => {
    const seen = new Set<string>()
    let ids = 0
    for (const [index, rule] of rules.entries()) {
      if (seen.has(rule.id))
        context.addIssue({ code: 'custom', path: [index, 'id'], message: 'another rule has this id' })
      seen.add(rule.id)
      ids += rule.items === undefined ? 0 : idsNamed(rule.items)
      ids += rule.action.kind === 'pin' ? rule.action.item_ids.length : 0
    }
    if (ids > RULE_LIMITS.ids)
      context.addIssue({ code: 'custom', path: [], message: `all rules together name at most ${RULE_LIMITS.ids} ids` })
  })

/** What a rule did to an item. `capped`: behind what the cap left free. */
export const ruleEffectSchema = z.strictObject({
  rule: z.string(),
  effect: z.enum(['pinned', 'boosted', 'margin', 'buried', 'hidden', 'capped']),
})
export type RuleEffect = z.infer<typeof ruleEffectSchema>

/** The rules that a shop's shelves follow now; version 0 is none, before anything was published. */
export const activeRulesSchema = z.object({ version: z.int().min(0), rules: ruleListSchema })
export type ActiveRules = z.infer<typeof activeRulesSchema>
export const NO_RULES: ActiveRules = { version: 0, rules: [] }

const noteSchema = z.string().max(RULE_LIMITS.noteChars)

/** The body of `PUT /v1/shops/{shop}/rules`. */
export const rulesBodySchema = z.strictObject({
  rules: ruleListSchema,
  /** Who publishes, in the shop's own words. */
  label: shortTextSchema.optional(),
  note: noteSchema.optional(),
  /** The version that must be active: another one's publication in between is not written over. */
  expect: z.int().min(0).optional(),
})
export type RulesBody = z.infer<typeof rulesBodySchema>

/** The body of `POST /v1/shops/{shop}/rules/rollback`. Version 0 is no rules at all. */
export const rollbackBodySchema = rulesBodySchema.omit({ rules: true }).extend({ version: z.int().min(0) })

/**
 * A body with `rules`, checked. What is wrong with a rule names the rule beside the place.
 * @throws Problem `invalid_request`
 */
export function decodeRules<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const rules = (value as { rules?: unknown } | null)?.rules
  const errors = fieldErrors(parsed.error).map(({ pointer, detail }) => {
    const index = /^\/rules\/(\d+)/.exec(pointer)?.[1]
    const rule = index !== undefined && Array.isArray(rules) ? (rules[Number(index)] as { id?: unknown } | null) : null
    return typeof rule?.id === 'string'
      ? { pointer, detail: `rule "${rule.id.slice(0, 64)}": ${detail}` }
      : { pointer, detail }
  })
  throw new Problem('invalid_request', { errors })
}
