import { expect, test } from 'vitest'
import type { EvidenceBundle, Fact } from '../domain/told_reason.ts'
import { type CitedSentence, checkReason } from './check_reason.ts'
import type { ReasonCheck } from './said/fault.ts'

const NONE = { item: null, attribute: null, value: null, count: null, market: null, since: null }
const teapot = { id: 'a1', title: 'Iron teapot' }
const fact = (id: string, kind: Fact['kind'], effect: boolean, own: Partial<Fact> = {}): Fact => ({
  ...NONE,
  id,
  kind,
  effect,
  ...own,
})
/** e1 ... e13. */
const bundle: EvidenceBundle = {
  item: { id: 'i', title: 'Kettle' },
  facts: [
    fact('bought', 'bought_together', true, { item: teapot, count: 12 }),
    fact('own', 'own_item', true, { item: teapot, attribute: 'view' }),
    fact('colour', 'shared_attribute', true, { item: teapot, attribute: 'colour', value: 'sea green' }),
    fact('material', 'shared_attribute', false, { item: teapot, attribute: 'material', value: 'iron' }),
    fact('cheaper', 'price', false, { item: teapot, attribute: 'cheaper' }),
    fact('orders', 'complement', false, { item: teapot, count: 5 }),
    fact('trending', 'trending', true, { count: 30, market: 'DE' }),
    fact('popular', 'popular', false),
    fact('new', 'new', false, { since: '2026-11-02' }),
    fact('before', 'bought_before', false, { count: 2 }),
    fact('reduced', 'price', false, { attribute: 'reduced', value: '€20.00' }),
    fact('query', 'matches_query', true, { value: 'tea for two' }),
    fact('taste', 'taste', false, { value: 'Kitchen > Tea' }),
  ],
}
const check = (text: string, cites: readonly number[], locale = 'en', off: readonly ReasonCheck[] = []) =>
  checkReason([{ text, cites: cites.map((place) => `e${place}`) }], bundle, locale, new Set(off))

test.each<[string, number[], string?]>([
  ['12 shoppers who bought “Iron teapot” also bought this.', [1]],
  ['Twelve shoppers who bought "iron teapot" also bought this.', [1]],
  ['Because you viewed “Iron teapot”, which has the same colour, sea green.', [2, 3]],
  ['Same colour as “Iron teapot”: sea green, also made of iron.', [3, 4]],
  ['Costs less than “Iron teapot”.', [5]],
  ['Trending in Germany, bought by 30 shoppers lately.', [7]],
  ['Popular in this shop, new since November 2, 2026.', [8, 9]],
  ['You bought this twice before.', [10]],
  ['Reduced from €20.00.', [11]],
  ['This matches your search for “tea for two”.', [12]],
  ['This fits your interest in Tea.', [13]],
  ['12 Kunden, die „Iron teapot“ gekauft haben, kauften auch diesen Artikel.', [1], 'de'],
  ['Recommandé car vous avez regardé « Iron teapot ».', [2], 'fr'],
  ['Cuesta menos que «Iron teapot».', [5], 'es'],
  ['「Iron teapot」を購入した十二人がこちらも購入しています。', [1], 'ja'],
  ['因为购买「Iron teapot」的12位顾客也购买了这款商品。', [1], 'zh-Hans'],
])('%s is borne out', (text, cites, locale = 'en') => {
  expect(check(text, cites, locale)).toBeNull()
})

test.each<[string, number[], ReasonCheck, string?]>([
  // Who, what and which of two, in words that are all known.
  ['You bought “Iron teapot”.', [2], 'words'],
  ['You viewed this, like “Iron teapot”.', [2, 3], 'words'],
  ['You bought “Iron teapot”, and 12 shoppers also bought this.', [1, 2], 'words'],
  ['“Iron teapot” costs less than this.', [5], 'words'],
  ['Reduced to €20.00.', [11], 'words'],
  ['12 shoppers bought “Iron teapot” together with this.', [1], 'words'],
  ['Similar to “Iron teapot”, popular in this shop.', [3, 8], 'cites'],
  ['“Iron teapot”, which you bought twice before, is the same colour, sea green.', [3, 10], 'cites'],
  // Numbers, of another fact and in words.
  ['5 shoppers who bought “Iron teapot” also bought this.', [1, 6], 'numbers'],
  ['Thirty shoppers who bought “Iron teapot” also bought this.', [1], 'numbers'],
  ['12 shoppers who bought “Iron teapot” in 2026 also bought this.', [1], 'numbers'],
  // More than is known, and its contrary.
  ['Only 12 shoppers who bought “Iron teapot” also bought this.', [1], 'words'],
  ['Most shoppers who bought “Iron teapot” also bought this.', [1], 'words'],
  ['Not popular in this shop.', [8], 'words'],
  ['The most popular of this shop.', [8], 'words'],
  ['This fits your interest in Tea and your age.', [13], 'words'],
  ['Popular in this shop, made in Italy.', [8], 'words'],
  // Names and values of other facts.
  ['12 shoppers who bought “Copper teapot” also bought this.', [1], 'names'],
  ['Same colour as “Iron teapot”: iron.', [3], 'words'],
  ['Same colour as “Iron teapot”: iron, sea green.', [3, 4], 'names'],
  // Causes that moved nothing.
  ['Because this is popular in the shop.', [8], 'cause'],
  ['Recommended because you bought this twice before.', [10], 'cause'],
  // Ids.
  ['Popular in this shop.', [99], 'cites'],
  ['Popular in this shop.', [], 'cites'],
  ['Popular in this shop.', [8, 9], 'unsaid'],
  // Form.
  ['Popular in this shop. www.evil.test', [8], 'form'],
  ['Popular in this shop, see evil.test', [8], 'form'],
  ['<b>Popular in this shop.</b>', [8], 'form'],
  ['Popular in this shop\u200b.', [8], 'form'],
  ['Pоpular in this shop.', [8], 'words'],
  ['Popular in this shop. +49 30 1234567', [8], 'form'],
  [`Popular ${'in this shop '.repeat(20)}`, [8], 'length'],
  // Languages.
  ['Popular in this shop.', [8], 'words', 'de'],
  ['「Iron teapot」を購入しました。', [1], 'words', 'ja'],
  ['お客様は「Iron teapot」をご覧になっていません。', [2], 'words', 'ja'],
  ['您没有浏览过「Iron teapot」。', [2], 'words', 'zh'],
  ["Vous n'avez pas regardé « Iron teapot ».", [2], 'words', 'fr'],
  ['Cuesta más que «Iron teapot».', [5], 'words', 'es'],
  ['Populært i denne butik.', [8], 'language', 'da'],
])('%s is not: %#', (text, cites, fault, locale = 'en') => {
  expect(check(text, cites, locale)).toBe(fault)
})

test('one false sentence takes the reason away', () => {
  const good: CitedSentence = { text: 'Popular in this shop.', cites: ['e8'] }
  expect(checkReason([good], bundle, 'en')).toBeNull()
  expect(checkReason([good, { text: 'Made of gold.', cites: ['e8'] }], bundle, 'en')).toBe('words')
  expect(checkReason([], bundle, 'en')).toBe('length')
  expect(
    checkReason(
      Array.from({ length: 4 }, () => good),
      bundle,
      'en',
    ),
  ).toBe('length')
})

test.each<[ReasonCheck, string, number[]]>([
  ['numbers', '13 shoppers who bought “Iron teapot” also bought this.', [1]],
  ['words', 'Popular in this shop, made in Italy.', [8]],
  ['cause', 'Because this is popular in the shop.', [8]],
])('control: without the check of %s a lie is let through', (off, text, cites) => {
  expect(check(text, cites)).not.toBeNull()
  expect(check(text, cites, 'en', [off])).toBeNull()
})

test('taking the cited fact away, or its effect, withholds the text', () => {
  const sentence = {
    text: 'Because you viewed “Iron teapot”, which has the same colour, sea green.',
    cites: ['e2', 'e3'],
  }
  const changed = (change: (own: Fact, place: number) => Fact[]) => ({ ...bundle, facts: bundle.facts.flatMap(change) })
  expect(checkReason([sentence], bundle, 'en')).toBeNull()
  for (const gone of [1, 2]) {
    expect(
      checkReason(
        [sentence],
        changed((own, place) => (place === gone ? [] : [own])),
        'en',
      ),
    ).not.toBeNull()
    const idle = changed((own, place) => [place === gone ? { ...own, effect: false } : own])
    expect(checkReason([sentence], idle, 'en')).toBe('cause')
  }
})

test('whatever is given, nothing is thrown', () => {
  const odd = ['', '.', '\ud800', '“', '\ue000', 'e1', '“”'.repeat(50), 'ß'.repeat(299), '（', '1,2,3.', 'ے', '\u0000']
  for (const text of odd)
    for (const locale of ['en', 'de', 'ja', 'zh', 'xx', ''])
      expect(check(text, [1, 3], locale), JSON.stringify(text)).not.toBeNull()
})
