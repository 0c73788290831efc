/** Feeds that are made to cost time: what a request may hold must be read in time that grows with its length alone. */
import { expect, test } from 'vitest'
import { LIMITS } from '../../domain/limits.ts'
import { readFeed } from './read_feed.ts'
import { DEFAULT_OPTIONS, type FeedFormat, FeedRefused } from './record.ts'
import { NOW } from './testing/read.ts'

/** Linear readers take a fraction of a second for each, quadratic ones many times this. */
const TIME_LIMIT_MS = 8_000

/** In one piece, as a request's body comes. */
async function countOf(text: string, format: FeedFormat): Promise<number> {
  async function* whole() {
    yield text
  }
  let records = 0
  for await (const _ of readFeed(whole(), format, { ...DEFAULT_OPTIONS, nowMs: NOW, currency: 'EUR' })) records += 1
  return records
}

const described = (description: string) => `${JSON.stringify({ id: '1', title: 't', price: '1 EUR', description })}\n`
const CHARS = LIMITS.bulkLineBytes - 200

test.each<[string, FeedFormat, string, number]>([
  ['tags that never end', 'google-jsonl', described('<a'.repeat(CHARS / 2)), 2],
  ['declarations that never end', 'google-jsonl', described('<!'.repeat(CHARS / 2)), 2],
  ['very many lines', 'google-xml', `<rss>\n${'<item>\n</item>\n'.repeat(100_000)}</rss>`, 100_000],
  ['one element very often', 'google-xml', `<rss><item>${'<g:a>x</g:a>'.repeat(100_000)}</item></rss>`, 1],
])(
  '%s cost no more than their length',
  async (_name, format, text, records) => {
    expect(await countOf(text, format)).toBe(records)
  },
  TIME_LIMIT_MS,
)

test.each([
  ['within a product', `<rss><item>${'<a>'.repeat(100_000)}`],
  ['before any product', `<rss>${'<a>'.repeat(100_000)}`],
  ['as products in products', `<rss>${'<item>'.repeat(100_000)}`],
])('elements nested without end are refused: %s', async (_name, text) => {
  await expect(countOf(text, 'google-xml')).rejects.toThrow(FeedRefused)
})

test('elements beside each other are not nested, however many there are', async () => {
  expect(await countOf(`<rss>${'<item><g:id>1</g:id></item>'.repeat(500)}</rss>`, 'google-xml')).toBe(500)
})
