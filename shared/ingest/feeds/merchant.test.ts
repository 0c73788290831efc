import { expect, test } from 'vitest'
import { countGroups } from './read_feed.ts'
import type { FeedOptions } from './record.ts'
import { pieces, readAll, rejectsOf, valuesOf, warningsOf } from './testing/read.ts'

const HEADER =
  'id\ttitle\tdescription\tlink\timage_link\tavailability\tprice\tsale_price\tsale_price_effective_date\tbrand\titem_group_id\tcolor\tsize\tproduct_type\tgtin'
const row = (cells: Record<string, string>) =>
  HEADER.split('\t')
    .map((name) => cells[name] ?? '')
    .join('\t')
const table = (...rows: Array<Record<string, string>>) => `${[HEADER, ...rows.map(row)].join('\n')}\n`
const tea = { id: 't1', title: 'Tea', availability: 'in_stock', price: '15.00 USD' }

test('a row is a product, its columns become what they mean', async () => {
  const full = {
    ...tea,
    description: '<p>Green &amp; fresh</p>',
    link: 'https://shop.example/t1',
    image_link: 'https://shop.example/t1.jpg',
    brand: 'Leaf',
    color: 'green/white',
    size: '100 g',
    product_type: 'Food>Tea > Green',
    gtin: '00012345600012',
  }
  expect(valuesOf(await readAll(table(full), 'google-csv'))).toEqual([
    {
      id: 't1',
      title: 'Tea',
      description: 'Green & fresh',
      brand: 'Leaf',
      categories: ['Food > Tea > Green'],
      attributes: { color: ['green', 'white'], size: '100 g', gtin: '00012345600012' },
      url: 'https://shop.example/t1',
      image_url: 'https://shop.example/t1.jpg',
      offers: [{ market: '*', currency: 'USD', price: 1500 }],
    },
  ])
})

const SHIRTS = table({ ...tea, id: 's', title: 'Shirt red S', item_group_id: 'shirt', color: 'red', size: 'S' }, tea, {
  ...tea,
  id: 'm',
  title: 'Shirt red M',
  item_group_id: 'shirt',
  color: 'red',
  size: 'M',
  availability: 'out of stock',
  price: '16 USD',
})

test('rows of a group are one product with variants, wherever they stand', async () => {
  const records = await readAll(SHIRTS, 'google-csv')
  expect(records.map((record) => [record.line, 'value' in record ? record.value.id : null])).toEqual([
    [3, 't1'],
    [2, 'shirt'],
  ])
  expect(valuesOf(records)[1]).toMatchObject({
    title: 'Shirt red S',
    attributes: { color: 'red', size: ['S', 'M'] },
    variants: [
      { id: 's', title: 'Shirt red S', options: { color: 'red', size: 'S' } },
      { id: 'm', title: 'Shirt red M', options: { color: 'red', size: 'M' } },
    ],
    offers: [
      {
        currency: 'USD',
        variants: [
          { id: 's', price: 1500 },
          { id: 'm', price: 1600, stock: 0 },
        ],
      },
    ],
  })
})

test('with the rows counted before, a group is handed over with its last row', async () => {
  const more = table(...Array.from({ length: 3 }, (_, n) => ({ ...tea, id: `v${n}`, item_group_id: 'g' })), {
    ...tea,
    id: 'last',
  })
  const ids = async (groupSizes: FeedOptions['groupSizes']) =>
    valuesOf(await readAll(more, 'google-csv', { groupSizes })).map((value) => value.id)
  const sizes = await countGroups(pieces(more), 'google-csv')
  expect(sizes).toEqual(new Map([['g', 3]]))
  expect(await ids(sizes)).toEqual(['g', 'last'])
  expect(await ids(null)).toEqual(['last', 'g'])
})

test('a sale counts while it lasts', async () => {
  const sale = (window: string, price = '12.50 USD') =>
    table({ ...tea, sale_price: price, sale_price_effective_date: window })
  const offer = async (text: string) => (valuesOf(await readAll(text, 'google-csv'))[0]!.offers as unknown[])[0]
  expect(await offer(sale(''))).toMatchObject({ price: 1250, list_price: 1500 })
  expect(await offer(sale('2025-12-01T00:00Z/2026-02-01T00:00Z'))).toMatchObject({ price: 1250, list_price: 1500 })
  expect(await offer(sale('2025-01-01T00:00Z/2025-02-01T00:00Z'))).toEqual({
    market: '*',
    currency: 'USD',
    price: 1500,
  })
  expect(await offer(sale('', '20.00 USD'))).toEqual({ market: '*', currency: 'USD', price: 1500 })
})

test('what is wrong with a row is told by line and column, and costs that row only', async () => {
  const text = table(
    { ...tea, id: '' },
    { ...tea, price: '' },
    { ...tea, price: '-1 USD' },
    { ...tea, price: '15.00' },
    { ...tea, availability: 'perhaps' },
    { ...tea, title: '' },
    { ...tea, sale_price: '9 EUR' },
    { ...tea, sale_price: '9 USD', sale_price_effective_date: 'soon' },
    { ...tea, id: 'good' },
    { ...tea, id: 'a', item_group_id: 'g' },
    { ...tea, id: 'a', item_group_id: 'g' },
    { ...tea, id: 'b', item_group_id: 'g', price: '3 EUR' },
    { ...tea, price: 'free' },
  )
  const records = await readAll(text, 'google-csv')
  expect(valuesOf(records).map((value) => value.id)).toEqual(['good', 'g'])
  expect(rejectsOf(records)).toEqual([
    '2 /id no id',
    '3 /price no price',
    '4 /price "-1 USD" is not a price of zero or more',
    '5 /price "15.00" names no currency, and none was told',
    '6 /availability "perhaps" is no availability',
    '7 /title no title',
    '8 /sale_price in another currency than the price',
    '9 /sale_price_effective_date two moments with a / between are wanted',
    '14 /price "free" is not a price of zero or more',
    '12 /id stands twice in its group (line 11)',
    '13 /price its group is priced in USD',
  ])
  expect(rejectsOf(await readAll(table({ ...tea, price: '15.00' }), 'google-csv', { currency: 'USD' }))).toEqual([])
})

test('stock words and numbers', async () => {
  const text =
    'id,title,price,availability,quantity\na,A,1 JPY,in stock,4\nb,B,1 JPY,https://schema.org/OutOfStock,4\nc,C,1 JPY,preorder,0\nd,D,1 JPY,IN_STOCK,\n'
  expect(
    valuesOf(await readAll(text, 'google-csv')).map((value) => (value.offers as Array<{ stock?: number }>)[0]!.stock),
  ).toEqual([4, 0, undefined, undefined])
})

test("OpenAI's names are understood, in tables and as JSON lines", async () => {
  const expected = { id: 'x', title: 'Lamp', url: 'https://a.example/x', attributes: { seller: 'Lights' } }
  const csv =
    'item_id,title,url,image_url,seller_name,price,availability\nx,Lamp,https://a.example/x,,Lights,9.99 EUR,in_stock\n'
  const json = {
    item_id: 'x',
    title: 'Lamp',
    url: 'https://a.example/x',
    seller_name: 'Lights',
    price: '9.99 EUR',
    availability: 'in_stock',
  }
  expect(valuesOf(await readAll(csv, 'google-csv'))[0]).toMatchObject(expected)
  const line = `${JSON.stringify(json)}\n${JSON.stringify({ ...json, item_id: 'y', is_eligible_search: false })}\n`
  const [first, second] = valuesOf(await readAll(line, 'google-jsonl'))
  expect(first).toMatchObject({ ...expected, offers: [{ currency: 'EUR', price: 999 }] })
  expect(second).toMatchObject({ id: 'y', offers: [{ visible: false }] })
})

const RSS = `<?xml version="1.0"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">
<channel><title>Shop</title><link>https://shop.example</link>
<item>
  <title>Plain title</title>
  <g:title>Kettle &amp; lid</g:title>
  <g:id>k1</g:id>
  <g:price>19.90 EUR</g:price><g:availability>in_stock</g:availability>
  <description><![CDATA[<b>Boils</b> water]]></description>
  <link>https://shop.example/k1</link>
  <g:product_type>Kitchen &gt; Tea</g:product_type>
  <g:product_type>Gifts</g:product_type>
  <g:product_detail><g:section_name>Size</g:section_name><g:attribute_name>Volume</g:attribute_name><g:attribute_value>1 l</g:attribute_value></g:product_detail>
  <g:product_highlight>Quiet</g:product_highlight><g:product_highlight>Quick</g:product_highlight>
  <g:shipping><g:country>DE</g:country><g:price>5 EUR</g:price></g:shipping>
</item>
<item><g:id>bad</g:id><g:title>No price</g:title></item>
</channel></rss>`

test('RSS: repeated and nested elements, CDATA, and the lines of products', async () => {
  for (const size of [1, 13, 100_000]) {
    const records = await readAll(RSS, 'google-xml', {}, size)
    expect(valuesOf(records)).toEqual([
      {
        id: 'k1',
        title: 'Kettle & lid',
        description: 'Boils water',
        categories: ['Kitchen > Tea', 'Gifts'],
        attributes: { highlights: ['Quiet', 'Quick'], Volume: '1 l' },
        url: 'https://shop.example/k1',
        offers: [{ market: '*', currency: 'EUR', price: 1990 }],
      },
    ])
    expect(records.map((record) => record.line)).toEqual([4, 17])
    expect(rejectsOf(records)).toEqual(['17 /price no price'])
  }
})

test('Atom: entries with links in attributes; a document that ends too early says so', async () => {
  const entry =
    '<entry><g:id>a</g:id><title>Mug</title><link href="https://a.example/m"/><g:price>3 EUR</g:price></entry>'
  const atom = `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="x">\n${entry}\n<entry><g:id>b</g:id>`
  const records = await readAll(atom, 'google-xml')
  expect(valuesOf(records)).toMatchObject([{ id: 'a', title: 'Mug', url: 'https://a.example/m' }])
  expect(rejectsOf(records)).toEqual(['3  the document ends within this product'])
})

test('what is too long is cut with a remark, and a wrong address is left out with one', async () => {
  const text = table({ ...tea, title: `${'word '.repeat(150)}`, link: 'javascript:alert(1)' })
  const records = await readAll(text, 'google-csv')
  expect(String(valuesOf(records)[0]!.title).length).toBeLessThanOrEqual(500)
  expect(valuesOf(records)[0]!.url).toBeUndefined()
  expect(warningsOf(records)).toEqual([
    '2 title was cut to 500 characters',
    '2 link is not an http(s) address of at most 2000 characters and was left out',
  ])
})
