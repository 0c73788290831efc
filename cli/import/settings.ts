import { LIMITS } from '../../shared/domain/limits.ts'
import { type ShopBody, shopBodySchema } from '../../shared/domain/shop.ts'
import { usage } from '../failure.ts'
import type { Source } from './source.ts'
import { byFrequency, type Survey } from './survey.ts'

/** What a source that names no currency is sold in. */
const FALLBACK_CURRENCY = 'USD'
const FALLBACK_LOCALE = 'en'

export interface SettingsFlags {
  market?: string | undefined
  currency?: string | undefined
  locale?: string | undefined
}

/** The currency of items that have no price of their own. */
export const currencyOf = (survey: Survey, flags: SettingsFlags): string =>
  flags.currency ?? byFrequency(survey.currencies)[0] ?? FALLBACK_CURRENCY

/**
 * The settings of a shop that does not exist yet: its folder's, else what its lines show. Markets are those of the
 * events, the most frequent first; without events those of the offers.
 */
export function shopSettings(shop: string, source: Source, survey: Survey, flags: SettingsFlags): ShopBody {
  if (source.shop)
    return { ...source.shop, market: flags.market ?? source.shop.market, locale: flags.locale ?? source.shop.locale }
  const locale = flags.locale ?? FALLBACK_LOCALE
  const common = byFrequency(survey.currencies)[0] ?? flags.currency ?? FALLBACK_CURRENCY
  const seen = survey.markets.size > 0 ? byFrequency(survey.markets) : byFrequency(offerMarkets(survey))
  const first = flags.market ?? seen[0] ?? issuerOf(common)
  const names = [first, ...seen.filter((market) => market !== first)].slice(0, LIMITS.marketsPerShop)
  const currency = (market: string) => byFrequency(survey.marketCurrencies.get(market) ?? new Map())[0] ?? common
  const body = shopBodySchema.safeParse({
    name: shop,
    locale,
    market: first,
    markets: names.map((market) => ({ market, currency: currency(market), locale })),
  })
  if (body.success) return body.data
  const issue = body.error.issues[0]!
  throw usage(
    `the shop's settings do not fit: /${issue.path.join('/')} ${issue.message} (--market, --currency, --locale)`,
  )
}

/** Who issues a currency is its first two letters (ISO 4217): GB of GBP, EU of EUR. */
function issuerOf(currency: string): string {
  if (currency.startsWith('X')) throw usage(`which market? ${currency} is no one country's (--market)`)
  return currency.slice(0, 2)
}

function offerMarkets(survey: Survey): Map<string, number> {
  const total = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((sum, own) => sum + own, 0)
  return new Map([...survey.marketCurrencies].map(([market, counts]) => [market, total(counts)]))
}
