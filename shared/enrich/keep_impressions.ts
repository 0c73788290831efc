import { entryOf } from '../base/maps.ts'
import type { Archive } from '../store/archive.ts'
import { dayOf } from '../store/keys.ts'
import type { ForgottenStore } from '../store/operations/forgotten.ts'

/** What of an impression record says where it belongs; the rest is written as it came. */
export interface KeptImpression {
  shop: string
  at: number
  shopper?: string | null
}

export interface KeepImpressionsDeps {
  archive: Pick<Archive, 'putImpressions' | 'withoutLines'>
  forgotten: Pick<ForgottenStore, 'among'>
}

/**
 * One object a batch, shop and day: every put costs money and time. Records of shoppers who were forgotten since they were
 * made are left out; who is forgotten while they are written is looked for afterwards, since an erasure may have listed
 * the objects before this one was there. A run that dies in between is repeated by the queue.
 * @param name of the batch: delivered again, it overwrites itself
 */
export async function keepImpressions(
  records: readonly KeptImpression[],
  name: string,
  deps: KeepImpressionsDeps,
): Promise<void> {
  const byPartition = new Map<string, { shop: string; day: string; records: KeptImpression[] }>()
  for (const record of await withoutForgotten(records, deps.forgotten)) {
    const { shop } = record
    const day = dayOf(record.at)
    entryOf(byPartition, `${shop} ${day}`, () => ({ shop, day, records: [] })).records.push(record)
  }
  for (const { shop, day, records: own } of byPartition.values()) {
    const lines = own.map((record) => JSON.stringify(record))
    const object = await deps.archive.putImpressions(shop, day, name, lines)
    const left = new Set((await withoutForgotten(own, deps.forgotten)).map((record) => JSON.stringify(record)))
    if (left.size < new Set(lines).size) await deps.archive.withoutLines(object, (line) => left.has(line))
  }
}

/** The records but those that forgotten shoppers left behind. */
export async function withoutForgotten<T extends KeptImpression>(
  records: readonly T[],
  forgotten: Pick<ForgottenStore, 'among'>,
): Promise<T[]> {
  const shoppers = new Map<string, Set<string>>()
  for (const { shop, shopper } of records)
    if (typeof shopper === 'string') entryOf(shoppers, shop, () => new Set<string>()).add(shopper)
  const untilOf = new Map<string, ReadonlyMap<string, number>>()
  for (const [shop, own] of shoppers) untilOf.set(shop, await forgotten.among(shop, [...own]))
  return records.filter(
    ({ shop, shopper, at }) => typeof shopper !== 'string' || at > (untilOf.get(shop)?.get(shopper) ?? -1),
  )
}
