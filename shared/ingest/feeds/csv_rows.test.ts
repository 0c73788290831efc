import fc from 'fast-check'
import { expect, test } from 'vitest'
import { delimiterOf, readCsvRows } from './csv_rows.ts'
import type { FeedReject } from './record.ts'
import type { FeedRow } from './rows.ts'
import { pieces } from './testing/read.ts'

async function rows(text: string, size = 5): Promise<Array<FeedRow | FeedReject>> {
  const all: Array<FeedRow | FeedReject> = []
  for await (const row of readCsvRows(pieces(text, size))) all.push(row)
  return all
}
const plain = (list: ReadonlyArray<FeedRow | FeedReject>) =>
  list.map((row) => [
    row.line,
    row.kind === 'row' ? Object.fromEntries([...row.values].map(([k, v]) => [k, v[0]])) : row.errors,
  ])

test('rows keep the line where they begin, over blank lines, quoted line ends and both line endings', async () => {
  const text = '\ufeffId,Image Link\r\n\r\n1,"a\r\nb"\r\n2,c\n\n\n3,"say ""hi"""'
  expect(plain(await rows(text))).toEqual([
    [3, { id: '1', image_link: 'a\nb' }],
    [5, { id: '2', image_link: 'c' }],
    [8, { id: '3', image_link: 'say "hi"' }],
  ])
})

test('a short row ends in blanks, a long one is refused, a stray quote is a character', async () => {
  expect(plain(await rows('a,b\n1\n1,2,3\n1,19" wide\n1,2,,\n'))).toEqual([
    [2, { a: '1' }],
    [3, [{ pointer: '', detail: '3 values in 2 columns' }]],
    [4, { a: '1', b: '19" wide' }],
    [5, { a: '1', b: '2' }],
  ])
})

test('the separator is that of the header', async () => {
  expect(['a,b', 'a;b;c', 'a\tb', '"x,y,z";b;c', 'a'].map(delimiterOf)).toEqual([',', ';', '\t', ';', ','])
  expect(plain(await rows('id\ttitle\n1\tTea, green\n'))).toEqual([[2, { id: '1', title: 'Tea, green' }]])
})

test('a quote that is never closed is told with its line and does not fill the memory', async () => {
  const read = await rows(`a,b\n1,2\n3,"${'x'.repeat(600_000)}\n4,5\n`, 60_000)
  expect(plain(read)).toEqual([
    [2, { a: '1', b: '2' }],
    [3, [{ pointer: '', detail: 'a quote is not closed; nothing after this line was read (CSV_MAX_RECORD_SIZE)' }]],
  ])
})

test('an empty table, and one of a header alone, have no rows', async () => {
  expect(await rows('')).toEqual([])
  expect(await rows('a,b\n')).toEqual([])
})

test('whatever the cells and however the bytes are cut, they come back with their lines', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', 'é', '薬', ' x', ';') })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { maxLength: 8 }),
      fc.integer({ min: 1, max: 40 }),
      async (table, size) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
        const text = `first,second\n${table.map((row) => `${row.map(quoted).join(',')}\n`).join('')}`
        let line = 2
        const expected = table.flatMap((row) => {
          const at = line
          line += 1 + row.join('').split('\n').length - 1
          const values = [row[0]!.trim(), row[1]!.trim()]
          return values.every((value) => value === '') ? [] : [[at, ...values]]
        })
        const read = (await rows(text, size)).map((row) =>
          row.kind === 'row'
            ? [row.line, row.values.get('first')?.[0] ?? '', row.values.get('second')?.[0] ?? '']
            : row,
        )
        expect(read).toEqual(expected)
      },
    ),
    { numRuns: 150 },
  )
})
