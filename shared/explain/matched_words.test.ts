import { expect, test } from 'vitest'
import { matchedWords } from './matched_words.ts'

const plain = { brand: null, categories: [], tags: [], attributes: {} }
const glass = {
  ...plain,
  title: 'Red wine glasses',
  categories: ['Table > Glasses'],
  attributes: { colour: 'ruby red' },
}

test.each([
  ['a part that the item holds', 'red teapot', 'red'],
  ['words side by side as they were written', 'Wine  Glass for tea', 'Wine  Glass'],
  ['words apart in their order', 'glass, cup or red', 'glass red'],
  ['grammar between words that match, and nowhere else', 'a red one for wine with a lid', 'red one for wine'],
  ['all that the item holds', 'ruby wine glass', 'ruby wine glass'],
  ['all where nothing stands there as it was written', 'wineglas', 'wineglas'],
])('%s', (_, query, matched) => {
  expect(matchedWords(query, glass, 'en-GB')).toBe(matched)
})

test('scripts without blanks are cut into words', () => {
  const cup = { ...plain, title: '赤い湯呑み', text: '毎日のお茶に' }
  expect(matchedWords('赤い急須', cup, 'ja-JP')).toBe('赤い')
  expect(matchedWords('急須', cup, 'ja-JP')).toBe('急須')
})

test('words are found wherever an item tells of itself', () => {
  const own = { ...plain, title: 'Pot', brand: 'Iwachu', tags: ['gift'], text: 'Holds a litre.' }
  expect(matchedWords('Iwachu gifts litre teapot', own, 'en')).toBe('Iwachu gifts litre')
})

test('what may not be said whole is not cut into parts that may', () => {
  for (const query of ['red <b>glass</b>', 'glass for secret@example.com', 'glass for +49 (171) 234-56'])
    expect(matchedWords(query, glass, 'en'), query).toBe(query)
})
