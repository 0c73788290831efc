import * as z from 'zod'
import { type Ranker, type RankerReport, rankerReportSchema, rankerSchema } from '../../domain/ranker.ts'
import { kind } from '../row_kind.ts'

/** ['ranker', ranker, report]: the orders that a run learned, in force unless somebody holds another. */
export const rankerRows = kind<['ranker', Ranker, RankerReport]>({
  schema: z.tuple([z.literal('ranker'), rankerSchema, rankerReportSchema]),
  whole: true,
  known: (row) => row,
  async publish(rows, { shop, stampMs }, { rankers }) {
    for (const [, ranker, report] of rows) await rankers.put(shop, ranker, report, stampMs)
  },
  // A run that had too little to learn from leaves the order that is in force.
  finish: async () => {},
})
