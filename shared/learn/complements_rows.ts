import * as z from 'zod'
import { idSchema } from '../domain/ids.ts'
import { kind } from './row_kind.ts'

const count = z.int().min(0)
type ComplementRow = ['complements', string, Array<[string, number, number, number]>]

/** ['complements', item, [[item, 100 * lift, orders with both, orders with the first], ...]], best first. */
export const complementRows = kind<ComplementRow>({
  schema: z.tuple([
    z.literal('complements'),
    idSchema,
    z.array(z.tuple([idSchema, z.number().min(0), count, count])).max(20),
  ]),
  whole: false,
  known: ([name, item, list], knows) => (knows(item) ? [name, item, list.filter(([id]) => knows(id))] : null),
  publish: (rows, { shop, stampMs }, { learning }) =>
    learning.putComplements(
      shop,
      rows.map(([, item, list]) => [item, list] as const),
      stampMs,
    ),
  finish: ({ shop, stampMs }, { learning }) => learning.clearComplementsBefore(shop, stampMs),
})
