/** Bodies and addresses that are not what they say: cut, mixed, wrongly encoded, too large. */
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { HOSTILE_TEXTS, NAUGHTY_TEXTS } from './hostile.ts'

const utf8 = (text: string) => new Uint8Array(Buffer.from(text, 'utf8'))

export interface Bytes {
  about: string
  of(text: string): Uint8Array
  headers?: ReadonlyArray<readonly [string, string]>
}

const turned = (about: string, turn: (text: string) => string): Bytes => ({ about, of: (text) => utf8(turn(text)) })
const encoded = (about: string, encoding: BufferEncoding): Bytes => ({
  about,
  of: (text) => new Uint8Array(Buffer.from(text, encoding)),
})

/** Larger than any JSON body may be, and than any bulk body. */
const OVER_JSON_BYTES = 256 * 1024 + 1
const OVER_BULK_BYTES = 8 * 1024 * 1024 + 1

const LITERALS = [
  ...[
    '',
    ' ',
    'null',
    'true',
    '0',
    '"x"',
    '[]',
    '{}',
    '[{}]',
    '{"a":}',
    '{a:1}',
    "{'a':1}",
    '[1,]',
    '{"a":1,}',
    '//',
    '/**/1',
  ],
  ...[
    'NaN',
    'Infinity',
    '1e999',
    '-1e999',
    '01',
    '+1',
    '.5',
    '1.',
    '"\\x"',
    '"\\ud800"',
    '"\\u000',
    '"\u0001"',
    '\u0000',
    '{"a":1}{"b":2}',
  ],
  ...[
    '{"a":1,"a":2}',
    '<?xml version="1.0"?><a/>',
    'a=b&c=d',
    '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\nb\r\n--x--',
    '\n\n\n',
  ],
  ...['{"__proto__":{"isAdmin":true}}', '{"constructor":{"prototype":{"isAdmin":true}}}', `[${'[],'.repeat(3_000)}[]]`],
] as const

/** Whatever its text was, the body is another. */
export const brokenBytes: fc.Arbitrary<Bytes> = fc.oneof(
  {
    weight: 60,
    arbitrary: fc.nat({ max: 2_000 }).map((at) => turned('is cut', (text) => text.slice(0, at % (text.length + 1)))),
  },
  {
    weight: 60,
    arbitrary: fc.tuple(fc.nat({ max: 2_000 }), fc.constantFrom(...NAUGHTY_TEXTS)).map(([at, odd]) =>
      turned('has something in it', (text) => {
        const here = at % (text.length + 1)
        return `${text.slice(0, here)}${odd}${text.slice(here)}`
      }),
    ),
  },
  {
    weight: 80,
    arbitrary: fc.constantFrom(...LITERALS).map((literal) => turned(`is ${literal.slice(0, 30)}`, () => literal)),
  },
  {
    weight: 30,
    arbitrary: fc.constantFrom(
      encoded('is in UTF-16', 'utf16le'),
      encoded('is in Latin-1', 'latin1'),
      turned('begins with a byte order mark', (text) => `\ufeff${text}`),
      { about: 'is not UTF-8', of: (text: string) => Uint8Array.from([...utf8(text), 0xc3, 0x28, 0xff]) },
      {
        about: 'has an overlong slash',
        of: (text: string) => Uint8Array.from([0x22, 0xc0, 0xaf, 0x22, ...utf8(text)]),
      },
      {
        about: 'is packed',
        of: (text: string) => new Uint8Array(gzipSync(text)),
        headers: [['content-encoding', 'gzip']] as const,
      },
      { about: 'only says that it is packed', of: utf8, headers: [['content-encoding', 'br']] as const },
    ),
  },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      turned('has 60,000 brackets', () => '['.repeat(60_000)),
      turned('has as many lines as fit', (text) => `${text.split('\n', 1)[0]!.slice(0, 40)}\n`.repeat(6_000)),
      turned('is a little too large', (text) => text.padEnd(OVER_JSON_BYTES)),
    ),
  },
  { weight: 1, arbitrary: fc.constant(turned('is far too large', (text) => text.padEnd(OVER_BULK_BYTES))) },
)

const texts = fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.constantFrom(...NAUGHTY_TEXTS))

/** Tables and trees of products and orders, their cells filled with what is hostile. */
const FEEDS: readonly ((cell: (at: number) => string) => string)[] = [
  (cell) =>
    `id,title,description,link,price,availability\n${cell(0)},${cell(1)},${cell(2)},${cell(3)},12.00 EUR,in_stock\n1,${cell(4)},x,https://a.example/1,${cell(5)},in_stock\n`,
  (cell) => `id\ttitle\tlink\tprice\tavailability\n${cell(0)}\t${cell(1)}\t${cell(2)}\t${cell(3)}\t${cell(4)}\n`,
  (cell) =>
    `Handle,Title,Body (HTML),Vendor,Variant SKU,Variant Price,Status\n${cell(0)},${cell(1)},${cell(2)},${cell(3)},${cell(4)},${cell(5)},active\n`,
  (cell) =>
    `<?xml version="1.0"?><rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><item><g:id>${cell(0)}</g:id><g:title>${cell(1)}</g:title><g:price>${cell(2)}</g:price><g:link>${cell(3)}</g:link></item></channel></rss>`,
  (cell) =>
    `order_id,created_at,customer_email,sku,quantity,price,currency\n${cell(0)},2026-01-01T00:00:00Z,${cell(1)},${cell(2)},${cell(3)},${cell(4)},EUR\n`,
  (cell) =>
    `Name,Email,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Currency\n#1,${cell(0)},2026-01-01 00:00:00 +0000,${cell(1)},${cell(2)},${cell(3)},${cell(4)},EUR\n`,
  (cell) => `{"id":"x","eventType":"${cell(0)}","visitorId":"v","eventTime":"${cell(1)}"}\n`,
]
export const feedTexts: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...FEEDS), fc.array(texts, { minLength: 6, maxLength: 6 }))
  .map(([feed, cells]) => feed((at) => cells[at]!))

/** Content types that a body may claim. */
export const CONTENT_TYPES = [
  ...[
    'application/json',
    'application/json; charset=utf-16',
    'application/x-ndjson',
    'application/jsonl',
    'text/plain',
    'text/csv',
  ],
  ...[
    'text/tab-separated-values',
    'application/xml',
    'text/xml',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
  ],
  ...[
    '',
    'x',
    '*/*',
    'application/',
    ';',
    'application/json, text/csv',
    'a'.repeat(3_000),
    'application/JSON',
    'image/png',
  ],
] as const

/** Made of what a header may hold: everything else never leaves a client. */
export const headerText = (text: string): string =>
  [...text]
    .filter((char) => char >= ' ' && char <= 'ÿ' && char !== '\u007f')
    .join('')
    .trim()
    .slice(0, 4_000)
export const headerTexts: fc.Arbitrary<string> = texts.map(headerText)

/** Of the headers that the product reads, or that somebody on the way might. */
export const READ_HEADERS = [
  ...[
    'origin',
    'x-request-id',
    'x-shelfwise-caller',
    'idempotency-key',
    'cf-connecting-ip',
    'accept',
    'accept-language',
    'cookie',
  ],
  ...[
    'x-forwarded-for',
    'x-forwarded-host',
    'x-http-method-override',
    'if-none-match',
    'range',
    'referer',
    'user-agent',
    'forwarded',
  ],
  ...[
    'webhook-id',
    'webhook-timestamp',
    'webhook-signature',
    'x-shopify-topic',
    'x-wc-webhook-topic',
    'expect-ct',
    'priority',
  ],
] as const

/** What a platform delivers about products, in the envelope of Standard Webhooks. */
export const platformBodies: fc.Arbitrary<unknown> = fc
  .tuple(
    fc.constantFrom('product.updated', 'product.created', 'product.deleted', 'order.created', 'order.refunded', 'x'),
    texts,
    texts,
    fc.double({ noNaN: true, min: 0, max: 1e6 }),
  )
  .map(([type, id, text, price]) => ({
    ...{ type, timestamp: '2026-01-01T00:00:00Z' },
    data: {
      ...{ id, title: text, description: text, url: '/p', tags: [text], updated_at: '2026-01-01T00:00:00Z' },
      ...{
        offers: [{ market: 'DE', currency: 'EUR', price: Math.round(price) }],
        variants: [{ id, price: Math.round(price) }],
      },
      ...{ order_id: id, user_id: text, items: [{ item_id: id, quantity: 1, price: Math.round(price) }], stock: 3 },
    },
  }))
