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
  ['no grammar, whatever the language', 'teekanne mit rot oder red', 'red'],
  ['no quotation marks of the shopper', '"red" glass', 'red glass'],
  ['all that the item holds', 'ruby wine glass', 'ruby wine glass'],
  ['all where nothing stands there as it was written', 'wineglas', 'wineglas'],
  ['all where only grammar would', 'with the', 'with the'],
])('%s', (_, query, matched) => {
  expect(matchedWords(query, glass)).toBe(matched)
})

test('scripts without blanks are cut into words, and their grammar is none', () => {
  const cup = { ...plain, title: '赤い湯呑み', text: '毎日のお茶に' }
  expect(matchedWords('赤い急須', cup)).toBe('赤い')
  expect(matchedWords('急須', cup)).toBe('急須')
  expect(matchedWords('急須の蓋', cup)).toBe('急須の蓋')
  expect(matchedWords('赤い急須の蓋', cup)).toBe('赤い')
  expect(matchedWords('私的茶壺', { ...plain, title: '好的碗' })).toBe('私的茶壺')
})

test('words are found wherever an item tells of itself', () => {
  const own = { ...plain, title: 'Pot', brand: 'Iwachu', tags: ['gift'], text: 'Holds a litre.' }
  expect(matchedWords('Iwachu gifts litre teapot', own)).toBe('Iwachu gifts litre')
})

test.each([
  ['lamp without cable', 'USB cable', null],
  ['teapot not red', 'Red wine glasses', null],
  ['Kanne ohne Deckel', 'Deckel', null],
  ['蓋なし急須', '蓋', null],
  ['sin city', 'Sin City (2005)', 'sin city'],
])('what is not wanted is no match: %s', (query, title, matched) => {
  expect(matchedWords(query, { ...plain, title })).toBe(matched)
})

test('what may not be said whole is not cut into parts that may', () => {
  for (const said of [
    '<b>glass</b>',
    'for secret@example.com',
    '+49 (171) 234-56',
    'wine (at) example (dot) com',
    '?token=wine',
  ])
    expect(matchedWords(`red ${said}`, glass), said).toBe(`red ${said}`)
})
