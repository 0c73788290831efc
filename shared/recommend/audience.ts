import { AUDIENCE_ITEMS, AUDIENCE_TASTES, type Audience, type AudienceBasis } from '../domain/audience.ts'
import { type Affinity, affinitiesTo, type TastesText } from '../domain/tastes.ts'
import { blended, kappaOf, ownShare, SETTLED_SHOPPERS } from '../learn/cold_blend.ts'
import type { AudienceReads, ItemPlace } from '../store/catalogue/audience_reads.ts'

/** A text's place says this much of what shoppers' own would say: most likely at .8 on one shop, at .55 on another. */
const TEXT_TRUST = 0.7

/**
 * Who would want an item: the tastes that lie nearest to its place, which is known the moment its text is. Three reads of
 * the catalogue, whatever the number of shoppers.
 * @returns null for an item that the shop does not have
 */
export async function audienceOf(shop: string, item: string, reads: AudienceReads): Promise<Audience | null> {
  const [place, tastes] = await Promise.all([reads.placeOf(shop, item), reads.tastes(shop)])
  if (place === null) return null
  const basis = tastes === null ? 'none' : basisOf(place)
  const nearest = tastes === null || basis === 'none' ? [] : nearestTastes(tastes, place)
  const ids = nearest.flatMap(({ taste }) => taste.items.slice(0, SPARE_ITEMS).map(([id]) => id))
  const titles = ids.length === 0 ? new Map<string, string>() : await reads.titles(shop, [...new Set(ids)])
  const total = tastes?.tastes.reduce((sum, taste) => sum + taste.shoppers, 0) ?? 1
  const { shoppers } = place
  return {
    item_id: item,
    basis,
    shoppers,
    kappa: kappaOf(shoppers),
    own_share: rounded(ownShareOf(place)),
    as_of: tastes === null ? null : new Date(tastes.asOfMs).toISOString(),
    tastes: nearest.map((own) => shown(own, total, titles, item)),
  }
}

/** Some of a taste's items may be gone. */
const SPARE_ITEMS = 3 * AUDIENCE_ITEMS

function basisOf({ own, mapped, shoppers }: ItemPlace): AudienceBasis {
  if (own === null) return mapped === null ? 'none' : 'text'
  return mapped === null || shoppers >= SETTLED_SHOPPERS ? 'behaviour' : 'both'
}

function ownShareOf({ own, mapped, shoppers }: ItemPlace): number {
  if (own === null) return 0
  return mapped === null || shoppers >= SETTLED_SHOPPERS ? 1 : ownShare(shoppers)
}

function nearestTastes(tastes: TastesText, place: ItemPlace): Affinity[] {
  const share = ownShareOf(place)
  const at = share === 1 ? place.own! : blended(place.own, place.mapped, place.shoppers)
  return affinitiesTo(tastes, at, share + (1 - share) * TEXT_TRUST)
    .filter(({ lift }) => lift > 1)
    .slice(0, AUDIENCE_TASTES)
}

function shown(
  { taste, share, lift }: Affinity,
  total: number,
  titles: ReadonlyMap<string, string>,
  item: string,
): Audience['tastes'][number] {
  return {
    name: taste.names.map(({ value }) => value).join(', '),
    names: [...taste.names],
    shoppers: taste.shoppers,
    share_of_shoppers: rounded(taste.shoppers / total),
    share_of_audience: rounded(share),
    lift: rounded(lift),
    top_items: taste.items
      .flatMap(([id, own]) => (id !== item && titles.has(id) ? [{ id, title: titles.get(id)!, shoppers: own }] : []))
      .slice(0, AUDIENCE_ITEMS),
  }
}

const rounded = (value: number) => Math.round(value * 1e4) / 1e4
