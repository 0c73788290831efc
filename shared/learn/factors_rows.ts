import * as z from 'zod'
import { idSchema } from '../domain/ids.ts'
import { FACTOR_DIMS } from '../domain/item_factors.ts'
import { kind } from './row_kind.ts'

/** Characters of base64 with its padding. */
const PACKED_CHARS = Math.ceil(FACTOR_DIMS / 3) * 4

type FactorRow = ['factors', string, number, string]

/** ['factors', item, shoppers, direction]: the direction as `packDirection` writes it. */
export const factorRows = kind<FactorRow>({
  schema: z.tuple([
    z.literal('factors'),
    idSchema,
    z.int().min(1),
    z
      .string()
      .length(PACKED_CHARS)
      .regex(/^[A-Za-z0-9+/]*={0,2}$/),
  ]),
  whole: false,
  known: (row, knows) => (knows(row[1]) ? row : null),
  publish: (rows, { shop, stampMs }, { factors }) =>
    factors.putFactors(
      shop,
      rows.map(([, item, shoppers, packed]) => ({ item, shoppers, packed })),
      stampMs,
    ),
  finish: ({ shop, stampMs }, { factors }) => factors.clearFactorsBefore(shop, stampMs),
})
