import * as z from 'zod'
import { HABITS_KEPT, OPINIONS_KEPT, type PackedHabits } from '../domain/habits.ts'
import { idSchema } from '../domain/ids.ts'
import { kind } from './row_kind.ts'

const count = z.int().min(0)
const itemSchema = z.tuple([idSchema, count, count, count, count, count, count, count])
const opinions = z.array(z.tuple([idSchema, count])).max(OPINIONS_KEPT)
const habitsSchema = z.tuple([
  z.literal(3),
  ...[count, count, count, count],
  z.array(itemSchema).max(HABITS_KEPT),
  opinions,
  opinions,
] as const)
const keySchema = z.string().regex(/^(?:[0-9a-f]{16}|g)?$/)

type HabitRow = ['habits', from: string, to: string, Array<[key: string, habits: PackedHabits]>]

/**
 * ['habits', from, to, [[shopper, habits], ...]]: every shopper whose key lies in from .. to (exclusive), in the order of
 * keys; all rows together go from '' to 'g'.
 */
export const habitRows = kind<HabitRow>({
  schema: z.tuple([
    z.literal('habits'),
    keySchema,
    keySchema,
    z.array(z.tuple([z.string().regex(/^[0-9a-f]{16}$/), habitsSchema])).max(100_000),
  ]) as unknown as z.ZodType<HabitRow>,
  whole: false,
  known: ([name, from, to, shoppers], knows) => [
    name,
    from,
    to,
    shoppers.map(([key, [version, visits, distinct, repeats, lines, items, liked, disliked]]) => [
      key,
      [
        ...([version, visits, distinct, repeats, lines] as const),
        items.filter(([id]) => knows(id)),
        liked.filter(([id]) => knows(id)),
        disliked.filter(([id]) => knows(id)),
      ],
    ]),
  ],
  async publish(rows, { shop, stampMs }, { habits }) {
    for (const [, from, to, shoppers] of rows) await habits.putRange(shop, { from, to, shoppers }, stampMs)
  },
  // The ranges say who has none.
  finish: async () => {},
})
