import { describe, expect, test } from 'vitest'
import { seededRng } from '../../base/rng.ts'
import type { ItemFacts, UnderstandingContext } from '../../domain/enrichment.ts'
import { checkExpansion, checkUnderstanding, checkWithout } from './check.ts'
import type { CheckName } from './checks/scope.ts'
import { knownItem, labelledClaim, WORLD_CONTEXT } from './claims_world.ts'

const FACTS: ItemFacts = {
  id: 'lamp',
  locale: 'en-GB',
  title: 'Hearth table lamp',
  description: 'A lamp.',
  brand: 'Wickenby',
  categories: ['Home > Lighting > Lamps'],
  tags: ['gift'],
  attributes: {},
  options: { Colour: ['Red', 'Blue'] },
  localised: [],
}
const CONTEXT: UnderstandingContext = {
  locales: ['en-GB', 'de-DE'],
  vocabulary: { colour: ['red', 'blue', 'green'], material: ['oak', 'wood', 'walnut', 'leather'], 材質: ['欅', '竹'] },
}
const withText = (description: string, more: Partial<ItemFacts> = {}): ItemFacts => ({ ...FACTS, description, ...more })
const point = (text: string, quote: string) => ({ selling_points: [{ text, quote }] })
const reasonOf = (answer: unknown, facts: ItemFacts, off: CheckName[] = []) => {
  const { kept, dropped } = checkWithout(new Set(off), answer, facts, CONTEXT)
  expect(kept + dropped.length).toBe(1)
  return dropped[0]?.reason ?? 'kept'
}

describe('claims of fact', () => {
  test.each([
    ['Base of solid oak, shade of linen.', 'The base is solid oak.'],
    ['Base of solid oak, shade of linen.', 'It has a linen shade'],
    ['Holds half a litre of oil.', 'It holds 500 ml'],
    ['Fits mugs up to 8 cm in diameter.', 'Fits mugs up to 8 cm'],
    ['Works with iPhone 15 and iPhone 13.', 'Compatible with iPhone 15'],
    ['Hand wash only.', 'Hand wash only'],
    ['The lamp is 12 cm wide and 30 cm high.', 'Height: 0.3 m'],
    ['60% cotton, 40% linen.', '60% cotton'],
    ['Contains no nuts.', 'Nut-free'],
    ['Charges in 8 hours, runs 20 hours.', 'Runs 20 hours'],
    ['Heat resistant up to 200 °C.', 'Heat resistant up to 392 °F'],
    ['For indoor use only, not for outdoor use.', 'Not for outdoor use'],
    ['Measures 30 x 20 cm.', 'Size: 30 x 20 cm'],
    ['Made in Portugal, designed in Italy.', 'Designed in Italy'],
    ['Set of 4 lamps in two colours.', '4 lamps'],
    ['With a 2 m cable.', 'Includes a two-metre cable'],
  ])('"%s" supports "%s"', (description, claim) => {
    expect(reasonOf(point(claim, description), withText(description))).toBe('kept')
  })

  test.each([
    ['Base of solid oak, shade of linen.', 'The shade is solid oak.', 'material'],
    ['Lamp with black cord.', 'Available in black', 'colour'],
    ['Made of faux leather.', 'Made of leather', 'material'],
    ['Fits mugs up to 8 cm in diameter.', 'Fits mugs of at least 8 cm', 'number'],
    ['The lamp is 12 cm wide and 30 cm high.', 'The lamp is 30 cm wide', 'number'],
    ['Holds up to 12 kg.', 'It weighs 12 kg', 'number'],
    ['Heat resistant up to 200 °C.', 'Heat resistant up to 200 °F', 'unit'],
    ['Holds 500 ml.', 'Holds 500 l.', 'unit'],
    ['60% cotton, 40% linen.', '40% cotton', 'number'],
    ['Measures 30 x 20 cm.', 'Size: 20 x 30 cm', 'number'],
    ['Works with iPhone 15.', 'Compatible with iPhone 14', 'number'],
    ['Requires two AA batteries.', 'Includes two AA batteries', 'words'],
    ['Bulb sold separately.', 'Includes a bulb', 'words'],
    ['Batteries not included.', 'Batteries included', 'negation'],
    ['Gluten-free flour.', 'Contains gluten', 'negation'],
    ['Suitable for children over 3 years.', 'Suitable for children under 3 years', 'number'],
    ['Made in Portugal, designed in Italy.', 'Made in Italy', 'brand'],
    ['A fine lamp.', 'A lamp by Brackenside', 'brand'],
    ['Water-resistant shell.', 'Waterproof', 'words'],
    ['Comes without lid.', 'With a lid', 'negation'],
    ['Works with Galaxy S24 Ultra.', 'Works with Galaxy S24', 'compatibility'],
    ['Works with iPhone 15 Pro.', 'Compatible with iPhone 15', 'compatibility'],
    ['It comes in black and silver.', 'Comes in every colour, black among them', 'words'],
    ['It not only adds elegance but also a firm grip.', 'It only adds elegance but also a firm grip', 'words'],
    ['It is 18 cm long. Free of nickel.', 'Free of nickel. It is not 18 cm long.', 'negation'],
    ["Held by hand, it's not just functional.", "Held by hand, it's just functional", 'words'],
    ['Sizes S and M.', 'Sizes S, M and one size', 'words'],
    [
      'A quiet lamp blends classic design with modern flair. Set it beside vintage books.',
      'A quiet lamp blends classic design with vintage flair',
      'words',
    ],
    ['Made for readers with dry hands.', 'Made by hand', 'words'],
    ['Three feet, so that it never wobbles.', '91 cm tall', 'number'],
    ['Compatible with the GoPro Hero 12.', 'Comes as a dozen', 'number'],
    ['Housed in amber glass with a label.', 'With a label, in brown', 'colour'],
    // Though the detector had let the text through.
    ['You are now in the shop.', 'You are now in the shop.', 'promotion'],
    ['See lamps.example for more.', 'See lamps.example for more', 'promotion'],
    ['A lamp with five stars from everybody.', 'Five stars from everybody', 'promotion'],
    ['A fine lamp.', 'The best lamp', 'promotion'],
    ['A fine lamp.', '<b>Lamp</b>', 'markup'],
    ['A fine lamp.', 'Eine Lampe, die mit dem Schirm und der Kerze passt', 'language'],
  ])('"%s" does not support "%s" (%s)', (description, claim, reason) => {
    expect(reasonOf(point(claim, description), withText(description))).toBe(reason)
  })

  test('a quote stands in one field, and attributes are quoted as JSON or in words', () => {
    const facts = withText('Made of oak. Holds oil.', {
      attributes: { dishwasher_safe: true, microwave_safe: false, weight_kg: 1.5 },
    })
    expect(reasonOf(point('Made of oak', 'Made of teak'), facts)).toBe('quote')
    expect(reasonOf(point('Suitable for dishwashers', '"dishwasher_safe": true'), facts)).toBe('kept')
    expect(reasonOf(point('Not suitable for microwaves', 'microwave_safe: false'), facts)).toBe('kept')
    expect(reasonOf(point('Microwave safe', 'microwave_safe: false'), facts)).toBe('negation')
    expect(reasonOf(point('It weighs 1500 g', 'weight_kg: 1.5'), facts)).toBe('kept')
    // The passage must be about the claim.
    expect(reasonOf(point('Made of oak', 'Holds oil.'), facts)).not.toBe('kept')
  })

  test('German and Japanese sources are read in their language', () => {
    const german = withText('Aus massiver Eiche. Nicht für die Spülmaschine geeignet. Fasst 1,5 Liter. BPA-frei.', {
      locale: 'de-DE',
      title: 'Tischlampe',
    })
    expect(reasonOf(point('Nicht spülmaschinenfest', 'Nicht für die Spülmaschine geeignet.'), german)).toBe('kept')
    expect(reasonOf(point('Spülmaschinenfest', 'Nicht für die Spülmaschine geeignet.'), german)).toBe('negation')
    expect(reasonOf(point('Fasst 1500 ml.', 'Fasst 1,5 Liter.'), german)).toBe('kept')
    expect(reasonOf(point('Fasst 1,5 ml.', 'Fasst 1,5 Liter.'), german)).toBe('unit')
    expect(reasonOf(point('Enthält BPA.', 'BPA-frei.'), german)).toBe('negation')
    const japanese = withText('欅を削り出した盆です。食洗機は使えません。直径は24センチ。', {
      locale: 'ja-JP',
      title: '欅の盆',
      options: {},
    })
    expect(reasonOf(point('直径240mmです。', '直径は24センチ。'), japanese)).toBe('kept')
    expect(reasonOf(point('直径24ミリ', '直径は24センチ。'), japanese)).toBe('unit')
    expect(reasonOf(point('食洗機で使えます。', '食洗機は使えません。'), japanese)).toBe('negation')
    expect(reasonOf(point('竹を削り出した盆', '欅を削り出した盆です。'), japanese)).toBe('material')
  })
})

test('Chinese denials are neither lost nor added', () => {
  const foldable = withText('材质为亚麻。可折叠。不可充电。', { locale: 'zh-CN', title: '台灯', options: {} })
  expect(reasonOf(point('可折叠', '可折叠。'), foldable)).toBe('kept')
  expect(reasonOf(point('不可折叠', '可折叠。'), foldable)).toBe('negation')
  expect(reasonOf(point('勿折叠', '可折叠。'), foldable)).not.toBe('kept')
  expect(reasonOf(point('不可充电', '不可充电。'), foldable)).toBe('kept')
  expect(reasonOf(point('可充电', '不可充电。'), foldable)).toBe('negation')
})

test("a colour that a name holds by chance is not the item's", () => {
  const facts = withText('Crisp biscuits in a tin. It comes in red.', {
    title: 'Oatmeal biscuits',
    brand: 'Cobalt Row',
    options: {},
  })
  expect(reasonOf({ queries: ['oatmeal biscuits'] }, facts)).toBe('kept')
  expect(reasonOf({ queries: ['beige biscuits'] }, facts)).toBe('colour')
  expect(reasonOf({ queries: ['blue biscuits'] }, facts)).toBe('colour')
  expect(reasonOf(point('Available in beige', 'It comes in red.'), facts)).toBe('colour')
  expect(reasonOf(point('By Cobalt Row', 'Cobalt Row'), facts)).toBe('kept')
})

describe('other parts of an answer', () => {
  const facts = withText('Made of solid oak, 40 cm long. Not suitable for the dishwasher. A gift for cooks.', {
    title: 'Oak serving board',
    attributes: { width_cm: 20 },
  })

  test('uses and audience are in the words of the passage, queries of words that the facts or a lexicon know', () => {
    const quote = 'A gift for cooks.'
    for (const text of ['For cooks', 'People who cook', 'A gift']) {
      expect(reasonOf({ use_cases: [{ text, quote }] }, facts)).toBe('kept')
      expect(reasonOf({ audience: [{ text, quote }] }, facts)).toBe('kept')
    }
    for (const text of [
      'For the dishwasher',
      'For walnut tables',
      'For Le Creuset fans',
      'Serves 8 guests',
      'Women who cook',
      // Of another item, with a passage that is real.
      'Professional welders',
      'For balcony breakfasts',
      'Holds a quarter of a litre',
      'A foot tall',
      'Comes as half a dozen',
    ]) {
      expect(reasonOf({ use_cases: [{ text, quote }] }, facts), text).not.toBe('kept')
      expect(reasonOf({ audience: [{ text, quote }] }, facts), text).not.toBe('kept')
    }
    expect(reasonOf({ queries: ['charcuterie platter'] }, facts)).toBe('kept')
    for (const query of [
      'walnut cheese board',
      'dishwasher safe board',
      '30 cm board',
      'nike board',
      'halden board',
      'velour atelier board',
    ])
      expect(reasonOf({ queries: [query] }, facts), query).not.toBe('kept')
    expect(
      checkUnderstanding({ queries: ['tillerby board'] }, facts, { ...CONTEXT, brands: ['Tillerby'] }).dropped[0]!
        .reason,
    ).toBe('brand')
  })

  test('attributes come from the vocabulary and from the source', () => {
    const attribute = (name: string, value: string, quote: string) =>
      reasonOf({ attributes: [{ name, value, quote }] }, facts)
    expect(attribute('material', 'oak', 'Made of solid oak')).toBe('kept')
    expect(attribute('material', 'wood', 'Made of solid oak')).toBe('kept')
    expect(attribute('material', 'walnut', 'Made of solid oak')).toBe('material')
    expect(attribute('material', 'teak', 'Made of solid oak')).toBe('vocabulary')
    expect(attribute('colour', 'green', 'Red, Blue')).toBe('colour')
    expect(attribute('colour', 'red', 'Red, Blue')).toBe('kept')
  })

  test('an answer is read together with its question', () => {
    const asked = (question: string, answer: string, quote: string) =>
      reasonOf({ questions: [{ question, answer, quote }] }, facts)
    expect(asked('What is it made of?', 'Solid oak.', 'Made of solid oak')).toBe('kept')
    expect(asked('Is it dishwasher safe?', 'No.', 'Not suitable for the dishwasher.')).toBe('kept')
    expect(asked('Is it dishwasher safe?', 'Yes.', 'Not suitable for the dishwasher.')).toBe('negation')
    expect(asked('How long is it?', '40 cm', 'Made of solid oak, 40 cm long.')).toBe('kept')
    expect(asked('How wide is it?', '40 cm', 'Made of solid oak, 40 cm long.')).toBe('number')
    expect(asked('How wide is it?', '20 cm', 'width_cm: 20')).toBe('kept')
    // What a question takes for granted is claimed, too.
    expect(asked('How long is the dimmable board?', '40 cm', 'Made of solid oak, 40 cm long.')).toBe('words')
    expect(asked('How long is the walnut board?', '40 cm', 'Made of solid oak, 40 cm long.')).toBe('material')
    expect(asked('How long is the dishwasher safe board?', '40 cm', 'Made of solid oak, 40 cm long.')).toBe('negation')
  })

  test('a summary is in the language of its locale and states the same facts across languages', () => {
    const summary = (locale: string, text: string) =>
      reasonOf({ summary: [{ locale, text, quotes: ['Made of solid oak'] }] }, facts)
    expect(summary('en-GB', 'A serving board of solid oak, 40 cm long.')).toBe('kept')
    expect(summary('de-DE', 'Ein Brett aus Eiche, 40 cm lang, nicht für die Spülmaschine geeignet.')).toBe('kept')
    expect(summary('de-DE', 'Ein Brett aus Nussbaum, 40 cm lang.')).toBe('material')
    expect(summary('de-DE', 'Ein Brett aus Eiche, für die Spülmaschine geeignet.')).toBe('negation')
    expect(summary('de-DE', 'Ein Brett aus Eiche, 50 cm lang.')).toBe('number')
    expect(summary('de-DE', 'A board of solid oak, 40 cm long.')).toBe('language')
    expect(summary('fr-FR', 'Planche en chêne.')).toBe('language')
  })

  test('themes are free but for numbers, materials and the names of neighbours', () => {
    const neighbours = [{ title: 'Tillerby Cheese Wire', categories: ['Kitchen'], description: '' }]
    const { themes, dropped } = checkExpansion(
      { themes: ['cheese evenings', 'walnut boards', '12 guests', 'Tillerby Cheese Wire'] },
      facts,
      neighbours,
    )
    expect(themes).toEqual(['cheese evenings'])
    expect(dropped.map((one) => one.reason)).toEqual(['material', 'number', 'brand'])
  })
})

test('whatever the answer, nothing is thrown and a malformed claim costs only itself', () => {
  const good = { text: 'Red', quote: 'Red' }
  for (const answer of [
    null,
    1,
    'x',
    [],
    {},
    { summary: 1 },
    { summary: [null] },
    { attributes: {} },
    { queries: [1, '\ud800'] },
    { questions: [[]] },
    { selling_points: [{ text: 'x' }] },
  ]) {
    expect(() => checkUnderstanding(answer, FACTS, CONTEXT)).not.toThrow()
    expect(() => checkExpansion(answer, FACTS, [])).not.toThrow()
  }
  const { understanding, kept, dropped } = checkUnderstanding(
    { selling_points: [7, { text: 'Made of teak', quote: 'Red' }, good, { ...good, extra: 1 }], use_cases: 'none' },
    FACTS,
    CONTEXT,
  )
  expect(understanding.selling_points).toEqual(['Red'])
  expect(kept).toBe(1)
  expect(dropped.map((one) => one.reason)).toEqual(['malformed', 'malformed', 'material', 'malformed'])
})

/** A world of items with known properties, one claim in five a lie. */
function outcome(items: number, seed: number, off: CheckName[] = []) {
  const rng = seededRng(seed)
  const count = { true: 0, kept: 0, lies: 0, served: [] as string[], lost: [] as string[] }
  for (let i = 0; i < items; i++) {
    const item = knownItem(seed + i)
    const other = knownItem(seed + 1_000_000 + i)
    for (let k = 0; k < 3; k++) {
      const claim = labelledClaim(item, other, rng, rng.next() < 0.2)
      const { kept } = checkWithout(new Set(off), point(claim.text, claim.quote), item.facts, WORLD_CONTEXT)
      if (claim.isTrue) {
        count.true++
        if (kept) count.kept++
        else count.lost.push(`${claim.text} <- ${item.facts.description}`)
      } else {
        count.lies++
        if (kept) count.served.push(`${claim.kind}: ${claim.text} <- ${item.facts.description}`)
      }
    }
  }
  return count
}

test('of 3,000 claims with one lie in five no lie is served and 95 of 100 true ones are kept (seed 41)', () => {
  const { true: told, kept, lies, served, lost } = outcome(1_000, 41)
  expect(lies).toBeGreaterThan(400)
  expect(served).toEqual([])
  expect(kept / told, lost.slice(0, 5).join('\n')).toBeGreaterThanOrEqual(0.95)
})

test.each([
  [['number'], /false (?:capacity|height|width|weight|count|fits)/],
  [['unit'], /false (?:capacity|height|width|weight|fits)/],
  [['label'], /false (?:height|width|fits)/],
  [['negation'], /false (?:dishwasher|microwave|oven|bpa|battery)/],
  [['concept', 'words'], /false (?:material|colours|origin|lid)/],
  [['relation'], /false (?:material|lid)/],
] as const)('without its checks of %s the check serves lies of that kind (control)', (off, kind) => {
  const { served } = outcome(200, 43, [...off])
  expect(
    served.some((claim) => kind.test(claim)),
    served.slice(0, 3).join('\n'),
  ).toBe(true)
})

test.each([
  ['quote', point('Made of oak', 'Hewn from teak'), 'Made of oak.'],
  ['words', point('A lamp for dancing', 'A lamp.'), 'A lamp.'],
  ['names', { queries: ['zorblax lamp'] }, 'A lamp.'],
  [
    'promotion',
    { use_cases: [{ text: 'The perfect lamp for reading', quote: 'A perfect lamp for reading.' }] },
    'A perfect lamp for reading.',
  ],
  ['markup', { use_cases: [{ text: '**Reading** lamp', quote: 'A lamp for reading.' }] }, 'A lamp for reading.'],
  ['language', { queries: ['für die Küche'] }, 'A lamp.'],
  ['modal', point('Includes a bulb', 'Bulb needed.'), 'Bulb needed.'],
] as const)('without the check of %s its kind of claim comes through (control)', (name, answer, description) => {
  expect(checkUnderstanding(answer, withText(description), CONTEXT).kept).toBe(0)
  expect(checkWithout(new Set([name]), answer, withText(description), CONTEXT).kept).toBe(1)
})

test('without the check of the vocabulary any stated value is an attribute (control)', () => {
  const answer = { attributes: [{ name: 'material', value: 'teak', quote: 'Made of teak.' }] }
  expect(checkUnderstanding(answer, withText('Made of teak.'), CONTEXT).kept).toBe(0)
  expect(checkWithout(new Set(['vocabulary']), answer, withText('Made of teak.'), CONTEXT).kept).toBe(1)
})
