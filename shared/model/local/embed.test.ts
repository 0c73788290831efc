import { describe, expect, test } from 'vitest'
import { embedText } from './embed.ts'
import { fitLocalEmbedder, type LocalDocument } from './fit.ts'
import type { LocalEmbedderModel } from './model.ts'
import { cosine, plantedShop } from './planted.ts'

const titles = [
  '黒い革靴',
  '白いスニーカー',
  '赤いワンピース',
  '木製の椅子',
  '红色连衣裙',
  '儿童运动鞋',
  '不锈钢水壶',
  '가죽 가방',
  '무선 이어폰',
]
const asian: LocalDocument[] = titles.flatMap((text, i) =>
  ['', ' 新品', ' 정품', ' 限定'].map((suffix, k) => ({
    id: `${i}-${k}`,
    fields: [{ text: text + suffix, weight: 2 }],
  })),
)

function nearest(model: LocalEmbedderModel, documents: readonly LocalDocument[], text: string): string {
  const query = embedText(model, [{ text, weight: 1 }], 'query')
  const scored = documents.map((d) => ({ text: d.fields[0]!.text, score: cosine(query, embedText(model, d.fields)) }))
  return scored.sort((a, b) => b.score - a.score)[0]!.text
}

describe('Chinese, Japanese and Korean', () => {
  const model = fitLocalEmbedder(asian, { seed: 3 })
  test.each([
    ['革靴', '黒い革靴'],
    ['スニーカー', '白いスニーカー'],
    ['ｽﾆｰｶｰ', '白いスニーカー'],
    ['连衣裙', '红色连衣裙'],
    ['运动鞋', '儿童运动鞋'],
    ['水壶', '不锈钢水壶'],
    ['이어폰', '무선 이어폰'],
  ])('%s finds %s', (text, title) => {
    expect(nearest(model, asian, text)).toContain(title)
  })
})

test('an inflection that no document holds finds its item', () => {
  const documents = plantedShop(3, 120)
  const model = fitLocalEmbedder(documents, { seed: 3 })
  expect(nearest(model, documents, 'kettles boiling')).toMatch(/kettle.*boil/)
})

describe('hostile text', () => {
  const model = fitLocalEmbedder(plantedShop(3, 120), { seed: 3 })
  const embed = (text: string, weight = 1) => embedText(model, [{ text, weight }])

  test.each(['', ' \n\t', '\u0000\u0001\u001f', '!?…—', '\ud800', '\udc00\ud800', '\u200b\ufeff'])(
    'text without letters (%j) gives the zero vector',
    (text) => {
      expect(embed(text).every((value) => value === 0)).toBe(true)
    },
  )

  test.each([Number.NaN, 0, -1, Number.POSITIVE_INFINITY])('a field of weight %d is skipped', (weight) => {
    expect(embed('sofa', weight).every((value) => value === 0)).toBe(true)
  })

  test.each([
    ['one long word', 'a'.repeat(100_000)],
    ['many words', 'sofa kettle '.repeat(9_000)],
    ['one CJK run', '東京靴'.repeat(33_000)],
    ['surrogates between letters', 'so\ud800fa\u0000 kettle\udfff'],
    ['marks without end', `e${'\u0301'.repeat(50_000)}`],
  ])('%s gives a unit vector', (_, text) => {
    const vector = embed(text)
    expect(cosine(vector, vector)).toBeCloseTo(1, 5)
  })
})
