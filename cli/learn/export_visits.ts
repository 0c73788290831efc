import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as z from 'zod'
import { keyOfHalves } from '../../shared/domain/shopper_hash.ts'
import { manifestSchema } from '../../shared/learn/manifest_step.ts'
import { readItems } from '../../shared/learn/number_step.ts'
import { ROW_KINDS } from '../../shared/learn/rows.ts'
import type { RunContext } from '../../shared/learn/step.ts'
import type { Visits } from '../../shared/learn/visits.ts'
import { readInput, readVisits } from '../../shared/learn/visits_step.ts'

/** Columns of visits/*.csv; docs/operations.md says what they hold. */
const COLUMNS = 'shopper,visit_at_ms,market,item,intent,basket,verdict,quantity,price'

export interface VisitExport {
  events: number
  items: number
  partitions: number
}

/**
 * Writes what another engine learns from, by partition (all of a shopper in one), and the schema of what it returns.
 * CSV and JSON: what every engine reads without a library on this side.
 */
export async function exportVisits(run: RunContext, folder: string): Promise<VisitExport> {
  await mkdir(join(folder, 'visits'), { recursive: true })
  const { items, markets, newestMs, events } = await readItems(run)
  const { bucketShoppers } = await readInput(run, [])
  await writeFile(join(folder, 'items.jsonl'), items.map((id) => `${JSON.stringify(id)}\n`).join(''))
  for (const bucket of bucketShoppers.keys()) {
    const lines = Readable.from(linesOf(await readVisits(run, bucket), markets))
    await pipeline(lines, createWriteStream(join(folder, 'visits', `${String(bucket).padStart(5, '0')}.csv`)))
  }
  const about = {
    shop: run.shop,
    run: run.run,
    newest_ms: newestMs,
    events,
    items: items.length,
    columns: COLUMNS.split(','),
    returns: {
      'manifest.json': z.toJSONSchema(manifestSchema),
      // The number of a row's item is its line in items.jsonl, from 0; rows themselves name ids.
      'rows/*.ndjson': z.toJSONSchema(z.union(Object.values(ROW_KINDS).map((kind) => kind.schema))),
    },
  }
  await writeFile(join(folder, 'schema.json'), `${JSON.stringify(about, null, 2)}\n`)
  return { events, items: items.length, partitions: bucketShoppers.length }
}

function* linesOf(visits: Visits, markets: readonly string[]): Generator<string> {
  yield `${COLUMNS}\n`
  for (let shopper = 0; shopper + 1 < visits.shopperStart.length; shopper++) {
    const key = keyOfHalves(visits.shopperHigh[shopper]!, visits.shopperLow[shopper]!)
    const lines: string[] = []
    for (let visit = visits.shopperStart[shopper]!; visit < visits.shopperStart[shopper + 1]!; visit++) {
      const market = visits.visitMarket[visit]!
      const start = `${key},${visits.visitAt[visit]},${market === -1 ? '' : quoted(markets[market]!)}`
      for (let at = visits.visitStart[visit]!; at < visits.visitStart[visit + 1]!; at++) {
        const price = visits.price[at]!
        const intent = Math.round(visits.intent[at]! * 1e4) / 1e4
        lines.push(
          `${start},${visits.item[at]},${intent},${visits.basket[at]},${visits.verdict[at]},${visits.quantity[at]},${Number.isNaN(price) ? '' : price}\n`,
        )
      }
    }
    yield lines.join('')
  }
}

/** RFC 4180. */
const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
