import type { R2Bucket } from '@cloudflare/workers-types'
import { chunk, mapConcurrent } from '../base/batch.ts'
import type { Interaction } from '../domain/event.ts'
import { eventRange, objectNames } from './keys.ts'
import { fromRow, type InteractionRow, toRow } from './operations/event_inbox.ts'

/**
 * Daily partitions of events and impressions in R2: objects of one JSON value a line. Their lines change only by going: to a
 * joined object, or with a shopper who is forgotten.
 */
export interface Archive {
  putEvents(
    shop: string,
    day: string,
    fromSeq: number,
    toSeq: number,
    interactions: readonly Interaction[],
  ): Promise<void>
  /** Names of a shop's event objects, days ascending, from a day on; also of those whose events others hold as well. */
  eventObjects(shop: string, fromDay: string | null): Promise<string[]>
  /** @throws ObjectGone */
  readEvents(name: string): Promise<Interaction[]>
  /**
   * Writes what stands in objects of a day, one behind the other, as one object. They stay.
   * @param before runs when they were read, and nothing is written when it fails
   * @throws ObjectGone
   */
  joinEvents(shop: string, day: string, names: readonly string[], before: () => Promise<void>): Promise<void>
  removeEvents(names: readonly string[]): Promise<void>
  /** @returns the object's name */
  putImpressions(shop: string, day: string, unique: string, lines: readonly string[]): Promise<string>
  /** Names of a shop's impression objects, ascending. */
  impressionObjects(shop: string): Promise<string[]>
  /**
   * Writes an object again without the lines that are not kept; one without any lines goes.
   * @param before is told of the lines that are about to go
   * @returns lines removed
   */
  withoutLines(
    name: string,
    keeps: (line: string) => boolean,
    before?: (lines: readonly string[]) => Promise<void>,
  ): Promise<number>
  /** Removes a shop's calls to language models of the days before one; all of them without it. @returns how many */
  removeCalls(shop: string, beforeDay: string | null): Promise<number>
}

/** An object that was listed is there no more: its events stand in another one, or were erased. */
export class ObjectGone extends Error {
  constructor(name: string) {
    super(`the object ${name} is gone`)
    this.name = 'ObjectGone'
  }
}

/** R2 deletes at most a thousand objects at once. */
const NAMES_PER_DELETE = 1_000
/** The platform lets a worker wait for six answers at once. */
const READS_AT_ONCE = 6

export function createArchive(bucket: R2Bucket): Archive {
  return {
    async putEvents(shop, day, fromSeq, toSeq, interactions) {
      const body = interactions.map((one) => JSON.stringify(toRow(one))).join('\n')
      await bucket.put(objectNames.events(shop, day, fromSeq, toSeq), body)
    },
    async eventObjects(shop, fromDay) {
      const prefix = objectNames.eventsOfShop(shop)
      // `startAfter` is exclusive; no object is named by the bare day.
      return namesOf(bucket, prefix, fromDay === null ? null : `${prefix}${fromDay}`)
    },
    async readEvents(name) {
      const object = await bucket.get(name)
      if (!object) throw new ObjectGone(name)
      const text = await object.text()
      return text.split('\n').flatMap((line) => (line === '' ? [] : [fromRow(JSON.parse(line) as InteractionRow)]))
    },
    async joinEvents(shop, day, names, before) {
      const texts = await mapConcurrent(names, READS_AT_ONCE, async (name) => {
        const object = await bucket.get(name)
        if (!object) throw new ObjectGone(name)
        return object.text()
      })
      await before()
      const ranges = names.map((name) => eventRange(name)!)
      await bucket.put(objectNames.joinedEvents(shop, day, ranges.at(-1)!, ranges[0]!.first), texts.join('\n'))
    },
    async removeEvents(names) {
      for (const part of chunk(names, NAMES_PER_DELETE)) await bucket.delete(part)
    },
    async putImpressions(shop, day, unique, lines) {
      const name = objectNames.impressions(shop, day, unique)
      await bucket.put(name, lines.join('\n'))
      return name
    },
    impressionObjects: (shop) => namesOf(bucket, objectNames.impressionsOfShop(shop), null),
    async withoutLines(name, keeps, before = async () => {}) {
      const object = await bucket.get(name)
      if (!object) return 0
      const [kept, gone]: [string[], string[]] = [[], []]
      for (const line of (await object.text()).split('\n')) if (line !== '') (keeps(line) ? kept : gone).push(line)
      if (gone.length > 0) await before(gone)
      if (kept.length === 0) await bucket.delete(name)
      else if (gone.length > 0) await bucket.put(name, kept.join('\n'))
      return gone.length
    },
    async removeCalls(shop, beforeDay) {
      const prefix = objectNames.callsOfShop(shop)
      const names = (await namesOf(bucket, prefix, null)).filter(
        (name) => beforeDay === null || name.slice(prefix.length, prefix.length + beforeDay.length) < beforeDay,
      )
      for (const part of chunk(names, NAMES_PER_DELETE)) await bucket.delete(part)
      return names.length
    },
  }
}

async function namesOf(bucket: R2Bucket, prefix: string, startAfter: string | null): Promise<string[]> {
  const names: string[] = []
  let cursor: string | undefined
  do {
    const page = await bucket.list({
      prefix,
      ...(cursor === undefined ? {} : { cursor }),
      ...(startAfter === null ? {} : { startAfter }),
    })
    names.push(...page.objects.map((object) => object.key))
    cursor = page.truncated ? page.cursor : undefined
  } while (cursor !== undefined)
  return names
}
