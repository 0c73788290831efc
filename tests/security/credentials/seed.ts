/** The stores as every request finds them: filled by A's own requests, through the door itself. */
import { iso, itemLine, NOW, OTHER_SHOP, SHOP } from '../../support/unit_catalogue.ts'
import { signStandard } from '../../support/webhook_senders.ts'
import type { Door } from './door.ts'
import { KEYS } from './keys.ts'
import { ITEM, LEARNED, MARK, MARK_NUMBER, SHOPPER, SOURCE, SOURCE_SECRET } from './samples.ts'
import { emptyStores, rowsOf, type Stores } from './stores.ts'

let stored: Promise<Stores> | undefined

/** Made once in a process; nobody may write to them. */
export function seededStores(doorOver: (stores: Stores) => Promise<Door>): Promise<Stores> {
  stored ??= fill(doorOver)
  return stored
}

const { id: _id, ...ITEM_BODY } = itemLine({ title: `${MARK} teapot`, description: `Made of ${MARK}.` })
const PIN = { id: `${MARK}-pin`, name: `${MARK} pin`, action: { kind: 'pin', item_ids: [ITEM] } }
const SEEN = { type: 'view', item_id: `${MARK}-thing`, user_id: SHOPPER, occurred_at: iso(NOW) }
const EVENT = { type: 'purchase', item_id: ITEM, user_id: `${MARK}-shopper`, occurred_at: iso(NOW) }

/** What A sends, and what comes for it. */
const SENT: ReadonlyArray<readonly [route: string, json: unknown]> = [
  [`PUT /v1/items/${ITEM}`, ITEM_BODY],
  ['PUT /v1/placements/home', { title: { en: `${MARK} home` }, strategy: 'home' }],
  [`PUT /v1/webhooks/${SOURCE}`, { kind: 'standard', secrets: [SOURCE_SECRET] }],
  [`PUT /v1/shops/${SHOP}/rules`, { rules: [PIN], note: MARK }],
  ['PUT /v1/gates:worth', { click_micro: MARK_NUMBER, margin: 0.5, currency: 'EUR', cap_micro: MARK_NUMBER }],
  ['PUT /v1/gates/home', { mode: 'shadow' }],
  ['POST /v1/ranker:rollback', { version: LEARNED }],
  ['POST /v1/events', { events: [EVENT, SEEN] }],
]

async function fill(doorOver: (stores: Stores) => Promise<Door>): Promise<Stores> {
  const stores = await emptyStores()
  const door = await doorOver(stores)
  const must = async (asking: Parameters<Door['ask']>[0]) => {
    const { status, text } = await door.ask(asking)
    if (status >= 300) throw new Error(`${asking.method} ${asking.path} answered ${status}: ${text}`)
  }
  const headers = { authorization: `Bearer ${KEYS.sk}` }
  for (const [route, json] of SENT) {
    const [method, path] = route.split(' ') as [string, string]
    await must({ method, path, headers, type: 'application/json', body: JSON.stringify(json) })
  }
  await must({ method: 'POST', path: `/webhooks/${SOURCE}/${SHOP}`, ...unreadable() })
  if (!rowsOf(SHOP, stores).includes(MARK) || rowsOf(OTHER_SHOP, stores).includes(ITEM))
    throw new Error('the stores are not what the tests say of them')
  return stores
}

/** A signed delivery that cannot be read: it is kept among the dead letters, and listed. */
export const unreadable = () => signStandard(SOURCE_SECRET, `${MARK}-1`, NOW, `${MARK}, which is no JSON`)
