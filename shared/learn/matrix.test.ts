import fc from 'fast-check'
import { expect, test } from 'vitest'
import { visitsOf } from '../../tests/support/learned.ts'
import { interaction, NOW } from '../../tests/support/unit_catalogue.ts'
import { DAY_MS } from '../base/clock.ts'
import type { Interaction } from '../domain/event.ts'
import { gatherMatrix, type MatrixOptions, openMatrix, type SparseRows } from './matrix.ts'

const SEED = 20_261_143

async function matrixOf(rows: readonly Interaction[], options: MatrixOptions) {
  const { input, buckets } = await visitsOf(rows)
  const gathering = gatherMatrix(input, options)
  for (let pass = 0; pass < gathering.passes; pass++)
    for (const [at, visits] of buckets.entries()) for (const _ of gathering.bucket(pass, at, visits));
  const finish = gathering.finish().next()
  return openMatrix(finish.value as Uint8Array)
}

const dense = (rows: SparseRows): Array<Array<readonly [number, number]>> =>
  Array.from({ length: rows.start.length - 1 }, (_, row) =>
    Array.from({ length: rows.start[row + 1]! - rows.start[row]! }, (_own, offset) => {
      const entry = rows.start[row]! + offset
      return [rows.column[entry]!, rows.value[entry]!] as const
    }),
  )

test('rows are shoppers, visits or orders', async () => {
  const rows = [
    interaction({ item: 'a' }),
    interaction({ item: 'b', atMs: NOW + 60_000 }),
    interaction({ item: 'a', atMs: NOW + DAY_MS }),
    interaction({ item: 'c', atMs: NOW + DAY_MS, type: 'view' }),
  ]
  const counts = async (unit: MatrixOptions['unit']) => (await matrixOf(rows, { unit, halfLifeMs: null })).rows
  expect([await counts('shopper'), await counts('visit'), await counts('basket')]).toEqual([1, 2, 3])
})

test('a wish fades by its half-life, and the youngest and strongest counts', async () => {
  const rows = [
    interaction({ item: 'a', atMs: NOW - 20 * DAY_MS }),
    interaction({ item: 'a', atMs: NOW - 10 * DAY_MS }),
    interaction({ item: 'b', atMs: NOW, type: 'view' }),
  ]
  const { byRow } = await matrixOf(rows, { unit: 'shopper', halfLifeMs: 10 * DAY_MS })
  expect(dense(byRow)).toEqual([
    [
      [0, 0.5],
      [1, Math.fround(0.3)],
    ],
  ])
  const bought = await matrixOf(rows, { unit: 'shopper', halfLifeMs: null, minIntent: 1 })
  expect(dense(bought.byRow)).toEqual([[[0, 1]]])
})

test('however old, a wish is none less', async () => {
  const rows = [interaction({ item: 'a', atMs: NOW - 4_000 * DAY_MS }), interaction({ item: 'b' })]
  const { byRow } = await matrixOf(rows, { unit: 'shopper', halfLifeMs: DAY_MS })
  expect(dense(byRow)[0]!.map(([, value]) => value > 0)).toEqual([true, true])
})

const row = fc.record({
  shopper: fc.constantFrom('u:1', 'u:2', 'u:3', 'u:4'),
  item: fc.constantFrom('a', 'b', 'c', 'd'),
  type: fc.constantFrom('purchase' as const, 'view' as const),
  atMs: fc.integer({ min: 0, max: 20 }).map((days) => NOW + days * DAY_MS),
})

test('both orders say the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 30 }),
      fc.constantFrom('shopper' as const, 'visit' as const, 'basket' as const),
      async (list, unit) => {
        const options = { unit, halfLifeMs: 5 * DAY_MS }
        const { byRow, byColumn } = await matrixOf(
          list.map((own) => interaction(own)),
          options,
        )
        const turned = dense(byRow).flatMap((own, at) => own.map(([column, value]) => `${column} ${at} ${value}`))
        const columns = dense(byColumn).flatMap((own, at) => own.map(([line, value]) => `${at} ${line} ${value}`))
        expect(turned.sort()).toEqual(columns.sort())
        for (const own of dense(byRow))
          expect(own.map(([column]) => column)).toEqual(own.map(([column]) => column).sort((a, b) => a - b))
      },
    ),
    { seed: SEED, numRuns: 150 },
  )
})
