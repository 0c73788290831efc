/**
 * What the shops of the tests have, by the names that the document gives to such things: a request about nothing that is
 * there meets no code but that of refusals. A name that is not here is drawn from its schema alone.
 */
import { createHash } from 'node:crypto'
import { OTHER_SHOP, SHOP } from '../../support/unit_catalogue.ts'
import { KEYS } from '../credentials/keys.ts'
import { CALL, ITEM, LEARNED, SOURCE, SOURCE_SECRET } from '../credentials/samples.ts'

/** Items that are put into the shop before anything is asked. */
export const ITEM_IDS: readonly string[] = [ITEM, ...Array.from({ length: 30 }, (_, n) => `item-${n}`)]
export const USERS: readonly string[] = ['u-1', 'u-2', 'amber-shopper']
const MOMENTS = ['2025-12-31T00:00:00Z', '2026-01-01T00:00:00.000Z', '2026-01-01T01:00:00+01:00']

export const KNOWN: Readonly<Record<string, readonly (string | number)[]>> = {
  ...{ id: ITEM_IDS, item_id: ITEM_IDS, item_ids: ITEM_IDS, instead_of: ITEM_IDS, candidate_item_ids: ITEM_IDS },
  ...{ cart_item_ids: ITEM_IDS, exclude_item_ids: ITEM_IDS, history: ITEM_IDS },
  ...{ user_id: USERS, anonymous_id: ['v-1'], session_id: ['s-1'] },
  ...{
    shop: [...Array.from({ length: 9 }, () => SHOP), OTHER_SHOP],
    source: [SOURCE],
    seq: [1, 2, 3, 4],
    version: [0, 1, 2, 'shipped', LEARNED, '0', '1'],
  },
  ...{ placement: ['home', 'product', 'cart', 'again', 'generic'], placements: ['home'] },
  ...{ market: ['DE', 'FR', '*'], markets: ['DE'], locale: ['de', 'en', 'fr-FR'], currency: ['EUR', 'JPY'] },
  ...{ occurred_at: MOMENTS, updated_at: MOMENTS, created_at: MOMENTS, as_of: MOMENTS, since: MOMENTS },
  ...{ query: ['teapot', 'a lamp for reading', 'red OR blue'], wait_ms: [0, 10], limit: [1, 3, 12] },
  ...{ secrets: [SOURCE_SECRET, 'a secret of a sender'], key: [CALL], after: [SHOP], mode: ['off', 'shadow'] },
  hash: [createHash('sha256').update(KEYS.spareSk).digest('base64url')],
  origin: ['webhook:standard', 'queue:shelfwise-events'],
}

/** What is left out more often than not: with it most requests are refused, and nothing behind the refusal is met. */
export const RARE: ReadonlySet<string> = new Set(['cursor', 'as_of', 'mapping', 'api', 'expect', 'filter'])
