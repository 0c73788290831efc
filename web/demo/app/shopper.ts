import { kept } from './kept.ts'

/** Who the demo pretends to be; the ids of returning shoppers are those of the demo events. */
export interface Shopper {
  userId: string | null
  anonymousId: string
}

/** Shoppers whose past is long enough to be seen in their shelves. */
export const RETURNING: Readonly<Record<string, readonly string[]>> = {
  'hearth-and-field': ['u-0159', 'u-0137', 'u-0232', 'u-0005', 'u-0109'],
  tsukimi: ['u-0061', 'u-0130', 'u-0045', 'u-0008', 'u-0044'],
}

const slot = (shop: string) => kept<Shopper>(`shelfwise.shopper.${shop}`)
const stranger = (): Shopper => ({ userId: null, anonymousId: `a-${crypto.randomUUID()}` })

export function readShopper(shop: string): Shopper {
  const found = slot(shop).read()
  if (typeof found?.anonymousId === 'string') return found
  return keepShopper(shop, stranger())
}

export function keepShopper(shop: string, shopper: Shopper): Shopper {
  slot(shop).write(shopper)
  return shopper
}

/** A new anonymous id: nothing that comes after can be tied to what was before. */
export const forgetShopper = (shop: string): Shopper => keepShopper(shop, stranger())

let session: string | null = null

/** One visit: as long as the tab. */
export function sessionId(): string {
  const place = kept<string>('shelfwise.session', () => sessionStorage)
  session ??= place.read() ?? `s-${crypto.randomUUID()}`
  place.write(session)
  return session
}
