/** Puts items and events into shop A through its own door, so that shelves have something to show. */
import { SHOP } from '../../support/unit_catalogue.ts'
import { KEYS } from '../credentials/keys.ts'
import { SOURCE } from '../credentials/samples.ts'
import type { Send } from './doors.ts'
import { ITEM_IDS, USERS } from './known.ts'

const KINDS = ['teapot', 'lamp', 'rug', 'shelf', 'chair']

export async function fillShop(send: Send): Promise<void> {
  const headers = [
    ['authorization', `Bearer ${KEYS.sk}`],
    ['content-type', 'application/x-ndjson'],
  ] as const
  const lines = (all: readonly object[]) =>
    new Uint8Array(Buffer.from(all.map((one) => `${JSON.stringify(one)}\n`).join('')))
  const items = ITEM_IDS.slice(1).map((id, at) => ({
    ...{ id, title: `A ${KINDS[at % KINDS.length]} of ${at} parts`, description: 'Made by hand, for quiet rooms.' },
    ...{ brand: `maker-${at % 4}`, categories: [`Home > ${KINDS[at % KINDS.length]}`], tags: ['new'] },
    ...{ attributes: { colour: at % 2 === 0 ? 'red' : 'blue' }, url: `/p/${id}` },
    offers: [{ market: '*', currency: 'EUR', price: 1_000 + at * 100 }],
  }))
  // Deliveries that cannot be read become letters, to be listed, replayed and dropped.
  for (const name of ['a', 'b', 'c', 'd'])
    await send({
      ...{ method: 'POST', target: `/webhooks/${SOURCE}/${SHOP}`, headers: [], signs: true },
      body: new Uint8Array(Buffer.from(`${name}, which is no JSON`)),
    })
  const events = ITEM_IDS.flatMap((id, at) =>
    USERS.map((user, who) => ({
      ...{
        type: (at + who) % 3 === 0 ? 'purchase' : 'view',
        item_id: id,
        user_id: user,
        event_id: `filled-${at}-${who}`,
      },
    })),
  )
  for (const [target, body] of [
    ['/v1/items:bulk', lines(items)],
    ['/v1/events:bulk', lines(events)],
  ] as const) {
    const { status, text } = await send({ method: 'POST', target, headers, body })
    if (status >= 300) throw new Error(`${SHOP} was not filled: ${target} answered ${status}: ${text}`)
  }
}
