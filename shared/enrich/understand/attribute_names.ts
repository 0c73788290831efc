import type { Kind } from './lexicon/entry.ts'
import { CONCEPTS, conceptOf } from './lexicon/lexicon.ts'
import type { Language } from './read/language.ts'
import { remembered } from './read/memo.ts'
import { mentionsIn } from './read/mentions.ts'
import { foldWord } from './read/stems.ts'
import { read } from './read/tokens.ts'

/** How shops call the properties that the lexicon knows; the first of each language is used where the shop has no name. */
export const ATTRIBUTE_NAMES: ReadonlyArray<
  readonly [kind: Kind, names: Readonly<Record<'en' | 'de' | 'ja' | 'zh', readonly string[]>>]
> = [
  [
    'colour',
    {
      en: ['colour', 'color', 'colours', 'colors'],
      de: ['farbe', 'farben'],
      ja: ['色', 'カラー'],
      zh: ['顏色', '颜色'],
    },
  ],
  [
    'material',
    {
      en: ['material', 'materials', 'fabric'],
      de: ['material', 'werkstoff'],
      ja: ['材質', '素材', '材料'],
      zh: ['材質', '材质', '材料'],
    },
  ],
  ['style', { en: ['style'], de: ['stil'], ja: ['スタイル'], zh: ['風格', '风格'] }],
  ['pattern', { en: ['pattern'], de: ['muster'], ja: ['柄', '模様'], zh: ['圖案', '图案'] }],
  ['occasion', { en: ['occasion', 'use'], de: ['anlass'], ja: ['用途'], zh: ['場合', '场合', '用途'] }],
  ['room', { en: ['room'], de: ['raum', 'zimmer'], ja: ['部屋'], zh: ['房間', '房间'] }],
  ['season', { en: ['season'], de: ['saison', 'jahreszeit'], ja: ['季節'], zh: ['季節', '季节'] }],
  ['gender', { en: ['gender', 'gender affinity'], de: ['geschlecht'], ja: ['性別'], zh: ['性別', '性别'] }],
  ['age_group', { en: ['age_group', 'age group'], de: ['altersgruppe'], ja: ['対象年齢'], zh: ['年齡層', '年龄段'] }],
  ['feature', { en: ['feature', 'features'], de: ['merkmal'], ja: ['特徴'], zh: ['特色', '特点'] }],
]

/** Remembered, since a catalogue repeats them. */
const NAMES_MAX = 2_000
const VALUES_MAX = 10_000

const KIND_OF = new Map(
  ATTRIBUTE_NAMES.flatMap(([kind, names]) =>
    Object.values(names).flatMap((list) => list.map((name) => [fold(name), kind] as const)),
  ),
)

function fold(name: string): string {
  return name
    .split(/[\s_-]+/)
    .map(foldWord)
    .join(' ')
}

/** What an attribute's name asks about; null where the lexicon does not know. */
export function kindOfName(name: string): Kind | null {
  return nameKind(name).kind
}
const nameKind = remembered(NAMES_MAX, (name) => ({ kind: KIND_OF.get(fold(name)) ?? null }))

/** The name under which the built-in attribute of a kind is listed in a shop of this language. */
export function nameOfKind(kind: Kind, language: Language): string {
  const names = ATTRIBUTE_NAMES.find(([one]) => one === kind)![1]
  return (names[language as 'en'] ?? names.en)[0]!
}

/** A value's concepts: of the kind that its name asks for, where known. Only a value that is wholly one term counts. */
export function valueConcepts(
  value: string,
  language: Language,
  kind: Kind | null,
): ReadonlyArray<{ kind: Kind; id: string }> {
  return conceptsRemembered(`${language} ${kind ?? ''} ${value}`)
}

const conceptsRemembered = remembered(VALUES_MAX, (key) => {
  const [language, kind, ...value] = key.split(' ')
  return readValue(value.join(' '), language as Language, kind === '' ? null : (kind as Kind))
})

function readValue(value: string, language: Language, kind: Kind | null): Array<{ kind: Kind; id: string }> {
  const reading = read(value.replace(/_/g, ' '), language)
  if (reading.tokens.length === 0) return []
  const whole = mentionsIn(
    reading,
    reading.tokens.map(() => 1 as const),
    new Set(),
  ).filter((one) => one.from === 0 && one.to === reading.tokens.length)
  return whole.filter((one) => kind === null || one.kind === kind || (kind === 'feature' && one.kind === 'property'))
}

/** A concept's word in a language; null where the lexicon has none. */
export function termOf(kind: Kind, id: string, language: Language): string | null {
  const terms = conceptOf(kind, id)?.terms
  return terms?.[(language in terms ? language : 'en') as 'en']?.[0] ?? null
}

export const conceptsOfKind = (kind: Kind) => CONCEPTS.filter((concept) => concept.kind === kind)
