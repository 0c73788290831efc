import fc from 'fast-check'
import { expect, test } from 'vitest'
import { capText, cleanText } from './clean.ts'

const SEED = 20_261_124

test.each<[string, string]>([
  ['ＡＢＣ ﬁne ㌔', 'ABC fine キロ'],
  ['Cafe\u0301', 'Café'],
  ['Tea\u200bpot \u202e\n two\u2028three', 'Teapot two three'],
  ['a\u{e0041}\u{e0042}b\u{e0100}c\u3164d\ufe0f', 'abcd'],
  ['e\u200b\u0301', 'é'],
  ['2½ cups, ½ spoon', '2 1⁄2 cups, 1⁄2 spoon'],
  ['10² m²', '10^2 m2'],
  ['Thermos™', 'Thermos(TM)'],
  ['\ud800x\udc00', 'x'],
  ['5\u00a0€', '5 €'],
  ['\u200b \u2066', ''],
])('%j is %j', (dirty, clean) => {
  expect(cleanText(dirty)).toBe(clean)
})

const FORBIDDEN = /[[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]]/v
const nasty = fc.constantFrom(
  '\u200b',
  '\u0301',
  '\u202e',
  '\u{e0041}',
  '\u3164',
  '\uffa0',
  '\u00a8',
  '\ud800',
  '½',
  '2',
  '²',
  ' ',
  '\t',
  '﷽',
  'ﬀ',
  '\u00ad',
  '\u1160',
  '각',
  '\u11a8',
)
const anyText = fc
  .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 20 })
  .map((parts) => parts.join(''))

const isClean = (clean: (text: string) => string) =>
  fc.property(anyText, (dirty) => {
    const once = clean(dirty)
    expect(clean(once)).toBe(once)
    expect(once.normalize('NFKC')).toBe(once)
    expect(FORBIDDEN.test(once)).toBe(false)
    expect(/^ | $| {2}/.test(once)).toBe(false)
    expect(once.isWellFormed()).toBe(true)
  })

test('cleaned text is clean, and stays as it is when cleaned again', () => {
  fc.assert(isClean(cleanText), { seed: SEED, numRuns: 5_000 })
})

test.each<[string, (text: string) => string]>([
  ['without a normal form', (text) => text.replace(/[\p{Cc}\p{Cf}]/gu, '').trim()],
  ['without what is invisible', (text) => text.normalize('NFKC').trim()],
])('control: cleaning %s is found out', (_name, clean) => {
  expect(fc.check(isClean(clean), { seed: SEED, numRuns: 5_000 }).failed).toBe(true)
})

test.each<[string, number, string]>([
  ['one two three', 13, 'one two three'],
  ['one two three', 12, 'one two'],
  ['one two three', 7, 'one two'],
  ['one two three', 8, 'one two'],
  ['extraordinary', 5, 'extra'],
  ['a extraordinary', 8, 'a extrao'],
  ['🍵🍵', 3, '🍵'],
  ['🍵', 1, ''],
  ['xe\u0301', 2, 'x'],
  ['x', 0, ''],
])('%j within %d is %j', (text, max, capped) => {
  expect(capText(text, max)).toBe(capped)
})

test('capped text is a beginning of the text, no longer than the cap, and whole characters', () => {
  fc.assert(
    fc.property(anyText.map(cleanText), fc.integer({ min: 0, max: 40 }), (text, max) => {
      const capped = capText(text, max)
      expect(capped.length).toBeLessThanOrEqual(max)
      expect(text.startsWith(capped)).toBe(true)
      expect(capped.isWellFormed()).toBe(true)
      expect(capText(capped, max)).toBe(capped)
      expect(cleanText(capped)).toBe(capped)
    }),
    { seed: SEED, numRuns: 5_000 },
  )
})
