import { describe, expect, test } from 'vitest'
import { stemEnglish } from './stem.ts'
import { hasCjk, MAX_TOKEN_UNITS, segmentCjk, tokenize } from './tokenize.ts'

describe('tokenize', () => {
  test('one spelling for case, width, diacritics, ligatures and apostrophes', () => {
    expect(tokenize('Crème BRÛLÉE')).toEqual(tokenize('creme brulee'))
    expect(tokenize('ＡＢＣ ﬁne')).toEqual(['abc', 'fine'])
    expect(tokenize("women's don’t")).toEqual(['women', 'dont'])
    expect(tokenize('Straße Łódź Øre')).toEqual(['strasse', 'lodz', 'ore'])
  })

  test('marks of other scripts stay', () => {
    expect(tokenize('йод')).toEqual(['йод'])
    expect(tokenize('が')).toEqual(tokenize('か\u3099'))
    expect(tokenize('が')).not.toEqual(tokenize('か'))
  })

  test('CJK runs give words and bigrams, other words around them stay whole', () => {
    const tokens = tokenize('Nike 黒い革靴 500ml')
    expect(tokens[0]).toBe('nike')
    expect(tokens.at(-1)).toBe('500ml')
    expect(tokens).toContain('革靴')
    expect(tokenize('ｽﾆｰｶｰ')).toEqual(tokenize('スニーカー'))
    expect(tokenize('靴')).toEqual(['靴'])
  })

  test('hostile text', () => {
    expect(tokenize('')).toEqual([])
    expect(tokenize('\u0000\ud800 \udfff')).toEqual([])
    expect(tokenize('a'.repeat(100_000))).toEqual(['a'.repeat(MAX_TOKEN_UNITS)])
    expect(tokenize('東'.repeat(100_000)).length).toBeGreaterThan(99_000)
  })
})

test('segmentCjk leaves out everything that is not CJK', () => {
  expect(segmentCjk('red shoes')).toBe('')
  expect(segmentCjk('red 革靴 shoe').split(' ')).toEqual(['革靴', '革靴'])
  expect(segmentCjk('𠮷'.repeat(2_001)).isWellFormed()).toBe(true)
})

test('hasCjk', () => {
  for (const text of ['靴', 'くつ', 'クツ', '신발', 'a靴']) expect(hasCjk(text)).toBe(true)
  for (const text of ['', 'shoe', 'Ботинок', '👟', '\ud800']) expect(hasCjk(text)).toBe(false)
})

describe('stemEnglish', () => {
  test.each([
    ['caresses', 'caress'],
    ['shoes', 'shoe'],
    ['watches', 'watch'],
    ['boxes', 'box'],
    ['ties', 'tie'],
    ['glasses', 'glass'],
    ['dress', 'dress'],
    ['running', 'run'],
    ['hopping', 'hop'],
    ['hoping', 'hope'],
    ['agreed', 'agree'],
    ['feed', 'feed'],
    ['sing', 'sing'],
    ['bed', 'bed'],
    ['plastered', 'plaster'],
    ['conflated', 'conflate'],
    ['falling', 'fall'],
    ['bus', 'bus'],
    ['500mls', '500mls'],
  ])('%s -> %s', (word, stem) => {
    expect(stemEnglish(word)).toBe(stem)
  })

  test('singular and plural meet', () => {
    for (const [one, many] of [
      ['berry', 'berries'],
      ['family', 'families'],
      ['dish', 'dishes'],
      ['toy', 'toys'],
      ['house', 'houses'],
    ] as const) {
      expect(stemEnglish(one)).toBe(stemEnglish(many))
    }
  })
})
