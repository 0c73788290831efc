import type { R2Bucket } from '@cloudflare/workers-types'
import type { Interaction } from '../domain/event.ts'
import { objectNames } from './keys.ts'
import { fromRow, type InteractionRow, toRow } from './operations/event_inbox.ts'

/** Daily partitions of events and impressions in R2: immutable objects of one JSON value a line. */
export interface Archive {
  putEvents(
    shop: string,
    day: string,
    fromSeq: number,
    toSeq: number,
    interactions: readonly Interaction[],
  ): Promise<void>
  /** Names of a shop's event objects, days ascending, from a day on. */
  eventObjects(shop: string, fromDay: string | null): Promise<string[]>
  readEvents(name: string): Promise<Interaction[]>
  putImpressions(shop: string, day: string, unique: string, lines: readonly string[]): Promise<void>
}

export function createArchive(bucket: R2Bucket): Archive {
  return {
    async putEvents(shop, day, fromSeq, toSeq, interactions) {
      const body = interactions.map((one) => JSON.stringify(toRow(one))).join('\n')
      await bucket.put(objectNames.events(shop, day, fromSeq, toSeq), body)
    },
    async eventObjects(shop, fromDay) {
      const prefix = objectNames.eventsOfShop(shop)
      const names: string[] = []
      let cursor: string | undefined
      do {
        const page = await bucket.list({
          prefix,
          ...(cursor === undefined ? {} : { cursor }),
          // `startAfter` is exclusive; no object is named by the bare day.
          ...(fromDay === null ? {} : { startAfter: `${prefix}${fromDay}` }),
        })
        names.push(...page.objects.map((object) => object.key))
        cursor = page.truncated ? page.cursor : undefined
      } while (cursor !== undefined)
      return names
    },
    async readEvents(name) {
      const object = await bucket.get(name)
      if (!object) return []
      const text = await object.text()
      return text.split('\n').flatMap((line) => (line === '' ? [] : [fromRow(JSON.parse(line) as InteractionRow)]))
    },
    async putImpressions(shop, day, unique, lines) {
      await bucket.put(objectNames.impressions(shop, day, unique), lines.join('\n'))
    },
  }
}
