/** The whole stack in its own runtime, with the shop that the tests of input know, filled over its own routes. */
import { sha256 } from '../../../shared/base/hash.ts'
import { parseKey } from '../../../shared/domain/key.ts'
import { startStack } from '../../../workers/local/stack.ts'
import { OTHER_SHOP, SHOP } from '../../support/unit_catalogue.ts'
import { KEYS, OWN_PAGE } from '../credentials/keys.ts'
import { SHOP_BODY, SOURCE, SOURCE_SECRET } from '../credentials/samples.ts'
import { type InputDoor, sendOverWire } from './doors.ts'
import { fillShop } from './fill.ts'

/** Every worker of the stack in workerd, asked over a socket of this machine. */
export async function openOverWire(): Promise<InputDoor> {
  const stack = await startStack({
    port: 0,
    variables: { 'shelfwise-ingest': { ADMIN_KEY_HASH: await sha256(KEYS.admin) } },
  })
  const send = sendOverWire(stack.url)
  const put = async (key: string, method: string, target: string, json: object) => {
    const headers = [
      ['authorization', `Bearer ${key}`],
      ['content-type', 'application/json'],
    ] as const
    const body = new Uint8Array(Buffer.from(JSON.stringify(json)))
    const { status, text } = await send({ method, target, headers, body })
    if (status >= 300) throw new Error(`${method} ${target} answered ${status}: ${text}`)
  }
  const markets = ['DE', 'FR'].map((market) => ({ market, currency: 'EUR', locale: market.toLowerCase() }))
  for (const shop of [SHOP, OTHER_SHOP]) await put(KEYS.admin, 'PUT', `/v1/shops/${shop}`, { ...SHOP_BODY, markets })
  for (const key of [KEYS.pk, KEYS.sk, KEYS.pkB, KEYS.skB, KEYS.spareSk]) {
    const { kind, shop } = parseKey(key)!
    const secret = key.slice(`${kind}_${shop}_`.length)
    const origins = key === KEYS.pk ? { origins: [OWN_PAGE] } : {}
    await put(KEYS.admin, 'POST', `/v1/shops/${shop}/keys`, { kind, label: 'of the tests', secret, ...origins })
  }
  await put(KEYS.sk, 'PUT', `/v1/webhooks/${SOURCE}`, { kind: 'standard', secrets: [SOURCE_SECRET] })
  await fillShop(send)
  return { send, close: () => stack.stop() }
}
