/** Making a suggested change for real: in the request, in the shop's rules and placements, in the catalogue, by an event. */
import type { Change } from '../../shared/domain/explanation.ts'
import type { Filter } from '../../shared/domain/filter.ts'
import type { Rule } from '../../shared/domain/rule.ts'
import type { ShopConfig } from '../../shared/domain/shop.ts'
import type { World } from './world.ts'

export interface ShelfAsk {
  config: ShopConfig
  body: Record<string, unknown>
}

let versions = 10_000

/** The shelf's request under the change; what is in the catalogue and what shoppers did is changed in the world. */
export async function applied(change: Change, id: string, { config, body }: ShelfAsk, world: World): Promise<ShelfAsk> {
  const rules = (each: (rule: Rule) => Rule[]): ShelfAsk => {
    const changed = config.rules.rules.flatMap(each)
    return { body, config: { ...config, rules: { version: ++versions, rules: changed } } }
  }
  switch (change.kind) {
    case 'put_in_stock': {
      const line = world.data.items.find((one) => one.id === id)!
      const offers = line.offers.map((offer) => ({ ...offer, stock: change.units }))
      world.clock.advance(1_000)
      const updated_at = new Date(world.clock.now()).toISOString()
      await world.putItems([{ ...line, updated_at, offers }])
      return { config, body }
    }
    case 'remove_exclusion': {
      const ids = (body[change.list] as string[]).filter((one) => one !== id)
      return { config, body: { ...body, [change.list]: ids } }
    }
    case 'remove_filter_clause': {
      const filter = withoutPart(body.filter as Filter, change.filter.clause)
      const { filter: _filter, ...rest } = body
      return { config, body: filter === null ? rest : { ...rest, filter } }
    }
    case 'larger_limit':
      return { config, body: { ...body, limit: change.limit } }
    case 'lower_diversity':
      return { config, body: { ...body, diversity: change.diversity } }
    case 'raise_cap': {
      if (change.rule !== null)
        return rules((rule) =>
          rule.id === change.rule && rule.action.kind === 'cap'
            ? [{ ...rule, action: { ...rule.action, at_most: change.to } }]
            : [rule],
        )
      const name = String(body.placement)
      const placement = { ...config.placements[name]!, [`max_per_${change.per}`]: change.to }
      return { body, config: { ...config, placements: { ...config.placements, [name]: placement } } }
    }
    case 'remove_rule':
      return rules((rule) => (rule.id === change.rule ? [] : [rule]))
    case 'boost': {
      const all = [...config.rules.rules, change.rule]
      return { body, config: { ...config, rules: { version: ++versions, rules: all } } }
    }
    case 'seed':
      return { config, body: { ...body, item_ids: [...((body.item_ids as string[]) ?? []), change.item_id] } }
    case 'recent_event': {
      const event = { type: change.type, item_id: change.item_id }
      if (body.user_id !== undefined) await world.sendEvents([{ ...event, user_id: body.user_id }])
      else return { config, body: { ...body, recent: [...((body.recent as unknown[]) ?? []), event] } }
      return { config, body }
    }
  }
}

/** The filter without a part that equals the given one. */
function withoutPart(filter: Filter, part: Filter): Filter | null {
  if (JSON.stringify(filter) === JSON.stringify(part)) return null
  if (!('all' in filter)) return filter
  const left = filter.all.map((one) => withoutPart(one, part)).filter((one) => one !== null)
  return left.length === 0 ? null : { all: left }
}
