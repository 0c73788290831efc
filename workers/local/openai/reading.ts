import type { ItemFacts } from '../../../shared/domain/enrichment.ts'
import { type Lang, langOf, type Truth } from './claims.ts'
import { COLOURS, DEVICES, FEATURES, MATERIALS, NUMBER_WORDS, PLACES, SUBSTANCES } from './lexicon.ts'
import { amountOf, NUMBER, ROLES_BY_NAME, UNIT, unitOf } from './measures.ts'
import { readAbroad } from './reading_abroad.ts'
import { anyOf, sentencesOf } from './words.ts'

const MATERIAL = anyOf(MATERIALS.map((row) => row.en))
const COLOUR = anyOf(COLOURS.map((row) => row.en))
const SUBSTANCE = anyOf(SUBSTANCES.map((row) => row.en))
const DEVICE = anyOf(DEVICES)
const PLACE = anyOf(PLACES.map((row) => row.en))
const PART = '(?:handle|blade|lid|frame|body|lining|sole|strap|base|shade|case|legs|top)'
const COUNT = anyOf([...NUMBER_WORDS.slice(2), ...Array.from({ length: 40 }, (_, index) => String(index + 2))])
const count = (word: string) => {
  const named = NUMBER_WORDS.indexOf(word.toLowerCase() as (typeof NUMBER_WORDS)[number])
  return named === -1 ? Number(word) : named
}

/** What an attentive reader takes from an item's fields, each with the passage that says so. */
export function readTruths(facts: ItemFacts): Truth[] {
  const lang = langOf(facts.locale)
  const truths: Truth[] = [...fromFields(facts, lang)]
  for (const sentence of sentencesOf(facts.description)) truths.push(...fromSentence(sentence, lang))
  for (const own of facts.localised) {
    if (own.locale === null || own.description === null) continue
    for (const sentence of sentencesOf(own.description)) truths.push(...fromSentence(sentence, langOf(own.locale)))
  }
  return truths
}

function fromFields(facts: ItemFacts, lang: Lang): Truth[] {
  const truths: Truth[] = []
  if (facts.brand !== null && facts.brand !== '')
    truths.push({ kind: 'brand', lang, name: facts.brand, quote: facts.brand })
  for (const [name, values] of Object.entries(facts.options)) {
    if (values.length > 1) truths.push({ kind: 'options', lang, name, values, quote: values[0]! })
  }
  for (const [name, value] of Object.entries(facts.attributes)) truths.push(...fromAttribute(name, value, lang))
  return truths
}

const MATERIAL_NAMES = ['material', '材質', '素材', '材质']
const COLOUR_NAMES = ['colour', 'color', 'farbe', '色', '颜色']
const PLACE_NAMES = ['made_in', 'origin', 'herkunft', '産地', '产地']

function fromAttribute(name: string, value: ItemFacts['attributes'][string], lang: Lang): Truth[] {
  const key = name.toLowerCase()
  const texts = (Array.isArray(value) ? value : [value]).map(String)
  const first = texts[0]
  if (first === undefined) return []
  if (typeof value === 'boolean') {
    const known = FEATURES.some((one) => one.name === key)
    return known ? [{ kind: 'feature', lang, id: key, holds: value, quote: `${name}: ${value}` }] : []
  }
  if (MATERIAL_NAMES.includes(key))
    return texts.map((text) => ({ kind: 'material', lang, value: text, part: null, quote: text }))
  if (COLOUR_NAMES.includes(key)) return [{ kind: 'colour', lang, values: texts, quote: first }]
  if (PLACE_NAMES.includes(key)) return [{ kind: 'origin', lang, place: first, quote: first }]
  if (key === 'compatible_with') return [{ kind: 'fits', lang, devices: texts, quote: first }]
  if (key === 'contains') return texts.map((text) => ({ kind: 'contains', lang, what: text, holds: true, quote: text }))
  if (key === 'free_from')
    return texts.map((text) => ({ kind: 'contains', lang, what: text, holds: false, quote: text }))
  const [, roleName = key, suffix] = /^(.+?)_(ml|cm|mm|g|kg|w|l|pieces)$/.exec(key) ?? []
  const role = ROLES_BY_NAME[roleName]
  if (role === undefined) return []
  const [, amount, word] = new RegExp(`^(${NUMBER})\\s?(${UNIT})?$`, 'iu').exec(first) ?? []
  const unit = unitOf(suffix ?? word ?? (role === 'pieces' ? 'pieces' : ''))
  if (amount === undefined || unit === null) return []
  return [{ kind: 'measure', lang, role, amount: amountOf(amount), unit, bound: null, quote: first }]
}

type Reader = readonly [pattern: RegExp, read: (match: RegExpMatchArray, quote: string) => Truth | null]
const lang = 'en'
const measure = (role: Parameters<typeof roleReader>[0], before: string, after: string): Reader =>
  roleReader(role, before, after)

function roleReader(role: (typeof ROLES_BY_NAME)[string], before: string, after: string): Reader {
  const pattern = new RegExp(`${before}(up to |at least )?(${NUMBER})[ -]?(${UNIT})(?![a-z])${after}`, 'iu')
  return [
    pattern,
    ([, bound, amount, word], quote) => {
      const unit = unitOf(word!)
      const limit = bound === undefined ? null : bound.toLowerCase().startsWith('up') ? 'most' : 'least'
      return unit === null
        ? null
        : { kind: 'measure', lang, role, amount: amountOf(amount!), unit, bound: limit, quote }
    },
  ]
}

const READERS: readonly Reader[] = [
  [
    new RegExp(`\\b(?:^|it is |is entirely )made (?:of|from) (${MATERIAL})\\b`, 'i'),
    ([, value], quote) => ({ kind: 'material', lang, value: value!, part: null, quote }),
  ],
  [
    new RegExp(`\\bthe (${PART}) (?:is|are) made of (${MATERIAL})\\b`, 'i'),
    ([, part, value], quote) => ({ kind: 'material', lang, value: value!, part: part!, quote }),
  ],
  [
    new RegExp(`\\ban? (${MATERIAL}) (${PART})\\b`, 'i'),
    ([, value, part], quote) => ({ kind: 'material', lang, value: value!, part: part!, quote }),
  ],
  [
    new RegExp(`\\b(?:comes|available) in (${COLOUR}(?:(?:, | and )${COLOUR})*)\\b`, 'i'),
    ([, list], quote) => ({ kind: 'colour', lang, values: list!.split(/, | and /), quote }),
  ],
  measure('capacity', '\\b(?:holds|capacity of|takes) ', ''),
  measure('width', '\\b', ' wide\\b'),
  measure('height', '\\b', ' (?:tall|high)\\b'),
  measure('length', '\\b', ' long\\b'),
  measure('depth', '\\b', ' deep\\b'),
  measure('diameter', '\\b', ' in diameter\\b'),
  measure('weight', '\\bweighs ', ''),
  measure('load', '\\b(?:carries|supports) ', ''),
  measure('runtime', '\\b(?:battery lasts|runs for) ', ''),
  measure('power', '\\bdraws ', ''),
  measure('heat', '\\bwithstands ', ''),
  measure('guarantee', '\\bguarantee of ', ''),
  [
    new RegExp(`\\bset of (${COUNT})\\b`, 'i'),
    ([, word], quote) => ({
      kind: 'measure',
      lang,
      role: 'pieces',
      amount: count(word!),
      unit: 'pieces',
      bound: null,
      quote,
    }),
  ],
  [
    new RegExp(
      `\\b(?:fits|compatible with|works with) (?:the )?(${DEVICE}(?:(?:, | and (?:the )?)${DEVICE})*)(?![\\w ]*(?:Pro|Ultra)\\b)`,
      'i',
    ),
    ([, list], quote) => ({ kind: 'fits', lang, devices: list!.split(/, | and (?:the )?/), quote }),
  ],
  [new RegExp(`\\bmade in (${PLACE})\\b`, 'i'), ([, place], quote) => ({ kind: 'origin', lang, place: place!, quote })],
  [
    new RegExp(`\\b(?:contains no|free of|free from|without) (${SUBSTANCE})\\b`, 'i'),
    ([, what], quote) => ({ kind: 'contains', lang, what: what!.toLowerCase(), holds: false, quote }),
  ],
  [
    new RegExp(`\\bcontains (${SUBSTANCE})\\b`, 'i'),
    ([, what], quote) => ({ kind: 'contains', lang, what: what!.toLowerCase(), holds: true, quote }),
  ],
  [
    /\b(?:perfect|ideal|great|suitable) for (?:both )?([a-z][^.!?,]{3,60}?)(?: alike| and any [^.!?]*)?[.!?]*$/i,
    ([, text], quote) => ({ kind: 'use', lang, text: `for ${text!.trim()}`, quote }),
  ],
  [
    /\b(?:made|meant) for ([a-z][a-z ]{3,50})[.!?]*$/i,
    ([, text], quote) => ({ kind: 'audience', lang, text: text!.trim(), quote }),
  ],
]

const PHRASE =
  /\b(?:features|featuring|boasts|boasting|with|showcases|showcasing) (an? [a-z][^,.;:!?]{8,70}?)(?=[,.;!?]| that | which | making | and (?:a|an|the|its|it) )/gi
const PRAISE =
  /^(?:elevate|step|indulge|embrace|unleash|transform|immerse|experience|bring|illuminate|brighten|discover|make|add|unwind|treat|enjoy|get|set|turn|create|enhance|upgrade|celebrate|capture|stay|infuse|savor|awaken|dive|achieve|welcome|conquer|command|keep|let|glow|slip|take|sip|wrap|express|revel|relax|spice|fuel|introduce|meet|ignite|adorn)\b|\b(?:perfect|perfectly|stunning|best|ultimate|must-have|exquisite|timeless|our|premium|luxur\w*|ideal|masterpiece|unparalleled|breathtaking|you|your|sure to|promis\w+|exceptional|unforgettable|effortless\w*|impeccab\w*|mesmeri\w+|flawless\w*|finest)\b/i

function fromSentence(sentence: string, language: Lang): Truth[] {
  if (language !== 'en') return readAbroad(sentence, language)
  const truths: Truth[] = []
  for (const [pattern, read] of READERS) {
    for (const match of sentence.matchAll(new RegExp(pattern, `${pattern.flags}g`))) {
      const truth = read(match, quoteAround(sentence, match))
      if (truth !== null) truths.push(truth)
    }
  }
  for (const own of FEATURES) {
    const at = sentence.toLowerCase().indexOf(own.en[0])
    if (own.en[1] !== '' && sentence.toLowerCase().includes(own.en[1]))
      truths.push({ kind: 'feature', lang, id: own.id, holds: false, quote: sentence })
    else if (at > -1 && !/\b(?:not|no|never|un|without|nor|isn't)\b/i.test(sentence))
      truths.push({ kind: 'feature', lang, id: own.id, holds: true, quote: sentence })
  }
  for (const [, phrase] of sentence.matchAll(PHRASE)) {
    if (!PRAISE.test(phrase!)) truths.push({ kind: 'sentence', lang, text: `with ${phrase!}`, quote: phrase! })
  }
  // An asked-for plain style: what only praises is left out.
  if (PRAISE.test(sentence)) return truths
  truths.push({ kind: 'sentence', lang, text: bare(sentence), quote: sentence })
  const head = headOf(sentence)
  if (head !== null) truths.push({ kind: 'sentence', lang, text: head, quote: head })
  return truths
}

const bare = (sentence: string) => sentence.replace(/[.!?。！？]+$/u, '')

/** The sentence, or sometimes only the passage that matters: models quote both. */
const quoteAround = (sentence: string, match: RegExpMatchArray) =>
  (match[0].trim().length > 12 && sentence.length % 2 === 0 ? match[0].trim() : sentence).slice(0, 300)

/** A sentence without its trailing ornament: what stands before `, perfect for ...`. */
function headOf(sentence: string): string | null {
  const at = sentence.search(/, (?:perfect|ideal|making|ensuring|while|so that|which|offering|adding|creating)\b/i)
  return at > 25 ? sentence.slice(0, at) : null
}
