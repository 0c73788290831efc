import { describe, expect, it } from 'vitest'
import * as domain from '../../../shared/domain/item.ts'
import { WORDS } from '../words/words.ts'
import { firstChoice, leafCategory, rootCategory, searchItems, soldIn } from './catalogue.ts'
import { formatMoney } from './money.ts'
import { parseRoute, paths } from './route.ts'

describe('money', () => {
  it.each([
    [3800, 'GBP', 'en-GB', '£38.00'],
    [4590, 'EUR', 'de-DE', '45,90 €'],
    [18000, 'JPY', 'ja-JP', '¥18,000'],
    [428000, 'TWD', 'zh-TW', '$4,280'],
  ])('%d %s in %s is %s', (amount, currency, locale, text) => {
    expect(formatMoney(amount, currency, locale).normalize('NFKC')).toBe(text)
  })
})

describe('routes', () => {
  it('reads what it writes', () => {
    expect(parseRoute('/')).toEqual({ page: 'landing' })
    expect(parseRoute('/s/tsukimi/')).toEqual({ page: 'home', shop: 'tsukimi', category: null })
    const [path, search] = paths.home('tsukimi', 'お茶').split('?')
    expect(parseRoute(path!, search)).toEqual({ page: 'home', shop: 'tsukimi', category: 'お茶' })
    expect(parseRoute(paths.item('a', 'x/y'))).toEqual({ page: 'item', shop: 'a', id: 'x/y' })
    expect(parseRoute(paths.cart('a'))).toEqual({ page: 'cart', shop: 'a' })
    expect(parseRoute('/s/a/search', '?q=tea%20pot')).toEqual({ page: 'search', shop: 'a', query: 'tea pot' })
  })

  it.each(['/nope', '/s', '/s/a/item', '/s/a/item/b/c', '/s/%E0%A4%A'])('%s is no page', (path) => {
    expect(parseRoute(path)).toEqual({ page: 'missing' })
  })
})

const item: domain.ItemLine = {
  id: 'm',
  title: 'Speckled mug',
  attributes: { colour: ['moss'] },
  variants: [{ id: 'm-a', title: 'Moss' }],
  offers: [
    {
      market: 'GB',
      currency: 'GBP',
      price: 900,
      stock: 0,
      variants: [
        { id: 'm-a', price: 900, stock: 0 },
        { id: 'm-b', price: 1200, stock: 2 },
      ],
    },
    { market: 'DE', currency: 'EUR', price: 1000, title: 'Gesprenkelter Becher' },
    { market: 'IE', currency: 'EUR', price: 1000, visible: false },
  ],
}

describe('catalogue', () => {
  it('takes words and prices from the market, and hides what is not sold there', () => {
    expect(soldIn(item, 'DE')).toMatchObject({
      title: 'Gesprenkelter Becher',
      choices: [{ id: 'm', price: 1000, stock: null }],
    })
    expect(soldIn(item, 'IE')).toBeNull()
    expect(soldIn(item, 'FR')).toBeNull()
  })

  it('shows first what can be had', () => {
    expect(firstChoice(soldIn(item, 'GB')!).id).toBe('m-b')
  })

  it('reads category paths as the domain does', () => {
    expect([rootCategory('Kitchen'), leafCategory('Kitchen')]).toEqual(['Kitchen', 'Kitchen'])
    for (const path of ['Kitchen > Tea', 'a > b > c']) {
      expect([rootCategory(path), leafCategory(path)]).toEqual([domain.rootCategory(path), domain.leafCategory(path)])
    }
  })

  it('finds by every word, in the title or elsewhere', () => {
    const all = [soldIn(item, 'GB')!]
    expect(searchItems(all, 'MOSS mug')).toHaveLength(1)
    expect(searchItems(all, 'moss kettle')).toHaveLength(0)
    expect(searchItems(all, '  ')).toHaveLength(0)
  })
})

describe('words', () => {
  it('are the same set in every language, with the same blanks', () => {
    const blanks = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort().join()
    for (const [language, table] of Object.entries(WORDS)) {
      expect(Object.keys(table).sort(), language).toEqual(Object.keys(WORDS.en).sort())
      for (const [name, text] of Object.entries(table)) {
        expect(blanks(text), `${language} ${name}`).toBe(blanks(WORDS.en[name as keyof typeof WORDS.en]))
      }
    }
  })
})
