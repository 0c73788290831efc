import { expect, test } from 'vitest'
import { matchedWords } from './matched_words.ts'

const plain = { brand: null, categories: [], tags: [], attributes: {} }
const titled = (title: string, text = '') => ({ ...plain, title, text })
const glass = { ...titled('Red wine glasses'), categories: ['Table > Glasses'], attributes: { colour: 'ruby red' } }

test.each([
  ['a part that the item holds', 'red teapot', 'red'],
  ['words side by side as they were written', 'Wine  Glass for tea', 'Wine  Glass'],
  ['words apart in their order', 'glass, cup or red', 'glass red'],
  ['no grammar that the item does not say', 'a red one for wine with a lid', 'red wine'],
  ['no quotation marks of the shopper', '"red" glass', 'red glass'],
  ['all that the item holds', 'ruby wine glass', 'ruby wine glass'],
  ['all where nothing stands there as it was written', 'wineglas', 'wineglas'],
  ['all where only grammar would', 'with the', 'with the'],
])('%s', (_, query, matched) => {
  expect(matchedWords(query, glass, 'en-GB')).toBe(matched)
})

test.each([
  ['kettle for tea', 'A kettle for tea', 'kettle for tea'],
  ['a hat for a man', 'A hat for whoever', 'hat'],
  ['hat for men', 'Hat for men', 'hat for men'],
  ['ruby fur coat', 'Ruby coat', 'ruby coat'],
  ['ipad pro case', 'iPad Air case', 'ipad case'],
  ['spider man toy', 'Spider toy', 'spider toy'],
  ['die cast car', 'Die cast car', 'die cast car'],
  ['watering can red', 'Red watering bucket', 'watering red'],
  ['lego 10497 castle', 'Castle', 'castle'],
  ['iphone 13 128gb case', 'Soft case', 'case'],
])('no word that the item does not say: %s', (query, title, matched) => {
  expect(matchedWords(query, titled(title), 'en')).toBe(matched)
})

test('scripts without blanks are cut into words, and their grammar is none', () => {
  const cup = titled('赤い湯呑み', '毎日のお茶に')
  expect(matchedWords('赤い急須', cup, 'ja-JP')).toBe('赤い')
  expect(matchedWords('急須', cup, 'ja-JP')).toBe('急須')
  expect(matchedWords('急須の蓋', cup, 'ja-JP')).toBe('急須の蓋')
  expect(matchedWords('赤い急須の蓋', cup, 'ja-JP')).toBe('赤い')
  expect(matchedWords('私的茶壺', titled('好的碗'), 'zh-TW')).toBe('私的茶壺')
})

test('words are found wherever an item tells of itself', () => {
  const own = { ...plain, title: 'Pot', brand: 'Iwachu', tags: ['gift'], text: 'Holds a litre.' }
  expect(matchedWords('Iwachu gifts litre teapot', own, 'en')).toBe('Iwachu gifts litre')
})

test.each([
  ['lamp without cable', 'USB cable'],
  ['lamp w/o cable', 'USB cable'],
  ['lamp -cable', 'USB cable'],
  ['lamp that doesn’t need cable', 'USB cable'],
  ['teapot not red', 'Red wine glasses'],
  ['sugar free chocolate', 'Chocolate with sugar'],
  ['sugar-free chocolate', 'Chocolate with sugar'],
  ['Kanne ohne Deckel', 'Deckel'],
  ['蓋なし急須', '蓋'],
])('what is not wanted is no match: %s', (query, title) => {
  expect(matchedWords(query, titled(title), 'en')).toBeNull()
})

test.each([
  ['sin city', 'Sin City (2005)', 'sin city'],
  ['zero gravity chair', 'Zero Gravity Recliner Chair', 'zero gravity chair'],
  ['chanel no 5 parfum', 'CHANEL No 5 Eau de Parfum', 'chanel no 5 parfum'],
  ['no show socks', 'No-Show Socks', 'show socks'],
  ['sugar free chocolate', 'Sugar-free chocolate', 'sugar free chocolate'],
  ['free standing shelf', 'Standing shelf', 'standing shelf'],
  ['非接触体温計', '非接触型体温計', '非接触体温計'],
])('what the item says so itself is one: %s', (query, title, matched) => {
  expect(matchedWords(query, titled(title), 'en')).toBe(matched)
})

test('what may not be said whole is not cut into parts that may', () => {
  for (const said of ['<b>glass</b>', 'for red@wine.example'])
    expect(matchedWords(`red ${said}`, glass, 'en'), said).toBe(`red ${said}`)
})
