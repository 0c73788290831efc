import { expect, test } from 'vitest'
import { FeedRefused } from './record.ts'
import { readAll, rejectsOf, valuesOf, warningsOf } from './testing/read.ts'

const OLD = `Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Variant Compare At Price,Variant Barcode,Image Src,Image Position,Gift Card,Variant Image,Status
tee,Tee,"<p>Soft.</p>
<ul><li>Cotton</li></ul>",Acme,Shirts,"summer, new",TRUE,Size,S,Colour,Red,T-S,shopify,3,deny,19.90,25.00,'0123,https://cdn.example/1.jpg,1,FALSE,https://cdn.example/s.jpg,active
tee,,,,,,,,M,,Red,T-M,shopify,-2,deny,19.90,,,https://cdn.example/2.jpg,2,,,
tee,,,,,,,,,,,,,,,,,,https://cdn.example/3.jpg,3,,,
mug,Mug,,Acme,,,FALSE,Title,Default Title,,,M-1,,7,deny,5,,,,,FALSE,,draft
tee,,,,,,,,L,,Red,T-L,shopify,0,continue,21,,,,,,,
`
const NEW = `Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,Barcode,Option1 name,Option1 value,Price,Price / International,Compare-at price,Compare-at price / International,Included / International,Inventory tracker,Inventory quantity,Continue selling when out of stock,Product image URL,Variant image URL,Gift card,Google Shopping / Gender,Color (product.metafields.shopify.color-pattern)
Lamp,lamp,<b>Bright</b>,Lux,Home > Lamps,Lighting,,TRUE,Active,L-1,,Finish,Brass,40.00,45.00,,50.00,TRUE,shopify,2,DENY,https://cdn.example/lamp.jpg,,FALSE,unisex,gold; white
,lamp,,,,,,,,L-2,,,Steel,42.00,,,,,shopify,0,CONTINUE,,,,,
`

test('the old dialect: rows of a handle are variants and images, blanks continue, HTML spans lines', async () => {
  const records = await readAll(OLD, 'shopify', { currency: 'EUR' })
  expect(rejectsOf(records)).toEqual([])
  const [tee, mug] = valuesOf(records)
  expect(tee).toEqual({
    id: 'tee',
    title: 'Tee',
    description: 'Soft. • Cotton',
    brand: 'Acme',
    categories: ['Shirts'],
    tags: ['summer', 'new'],
    attributes: { size: ['S', 'M', 'L'], colour: 'Red', gtin: '0123' },
    image_url: 'https://cdn.example/1.jpg',
    variants: [
      {
        id: 'T-S',
        title: 'S / Red',
        options: { Size: 'S', Colour: 'Red' },
        sku: 'T-S',
        image_url: 'https://cdn.example/s.jpg',
      },
      { id: 'T-M', title: 'M / Red', options: { Size: 'M', Colour: 'Red' }, sku: 'T-M' },
      { id: 'T-L', title: 'L / Red', options: { Size: 'L', Colour: 'Red' }, sku: 'T-L' },
    ],
    offers: [
      {
        market: '*',
        currency: 'EUR',
        variants: [
          { id: 'T-S', price: 1990, list_price: 2500, stock: 3 },
          { id: 'T-M', price: 1990, stock: 0 },
          { id: 'T-L', price: 2100 },
        ],
      },
    ],
  })
  // Not tracked, a draft, and Shopify's placeholder is no option.
  expect(mug).toEqual({
    id: 'mug',
    title: 'Mug',
    brand: 'Acme',
    variants: [{ id: 'M-1', sku: 'M-1' }],
    offers: [{ market: '*', currency: 'EUR', visible: false, variants: [{ id: 'M-1', price: 500 }] }],
  })
  expect(records.filter((one) => one.kind === 'item').map((one) => one.line)).toEqual([2, 6])
})

test('the new dialect: markets that the shop has become offers, others a remark', async () => {
  const markets = [{ market: 'international', currency: 'USD' }]
  const records = await readAll(NEW, 'shopify', { currency: 'EUR', markets })
  expect(valuesOf(records)[0]).toMatchObject({
    id: 'lamp',
    description: 'Bright',
    categories: ['Home > Lamps', 'Lighting'],
    attributes: { finish: ['Brass', 'Steel'], gender: 'unisex', color: ['gold', 'white'] },
    offers: [
      {
        market: '*',
        currency: 'EUR',
        variants: [
          { id: 'L-1', price: 4000, stock: 2 },
          { id: 'L-2', price: 4200 },
        ],
      },
      { market: 'international', currency: 'USD', variants: [{ id: 'L-1', price: 4500, list_price: 5000, stock: 2 }] },
    ],
  })
  expect(warningsOf(records)).toEqual([])
  const without = await readAll(NEW, 'shopify', { currency: 'EUR' })
  expect(valuesOf(without)[0]!.offers).toHaveLength(1)
  expect(warningsOf(without)).toEqual([
    '2 "Price / International" was left out: the shop has no market "International"',
  ])
})

test('a market that leaves the product out gets an offer that is not shown', async () => {
  const markets = [{ market: 'International', currency: 'USD' }]
  const text = NEW.replace('45.00,,50.00,TRUE', '45.00,,50.00,FALSE')
  const offers = valuesOf(await readAll(text, 'shopify', { currency: 'EUR', markets }))[0]!.offers as unknown[]
  expect(offers[1]).toMatchObject({ market: 'International', visible: false })
})

test('without a currency the whole file is refused', async () => {
  await expect(readAll(OLD, 'shopify')).rejects.toBeInstanceOf(FeedRefused)
})

test('what is wrong with a variant costs that variant, with its line and the column as the file names it', async () => {
  const text = `Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty,Gift Card
a,A,Size,S,x,1.00,1,
a,,,M,x,free,1,
a,,,L,x,2.00,many,
a,,,XL,x,3.00,,
,Nobody,,,,1,,
b,,,,q,1,,
c,C,,,,,,
g,Card,Title,Default Title,g,10,,TRUE
`
  const records = await readAll(text, 'shopify', { currency: 'EUR' })
  expect(rejectsOf(records)).toEqual([
    '6 /Handle no handle',
    '3 /Variant Price "free" is not a price of zero or more in EUR',
    '4 /Variant Inventory Qty "many" is not a whole number',
    '7 /Title no title',
    '8 /Variant Price no price',
  ])
  const [a, card] = valuesOf(records)
  // A SKU that several variants share names the first of them only.
  expect(a!.variants).toMatchObject([{ id: 'x' }, { id: 'a: XL' }])
  expect(card).toMatchObject({ offers: [{ visible: false }] })
  expect(warningsOf(records)).toEqual(['9 a gift card is taken and not shown'])
})
