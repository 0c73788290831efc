import type { Lang, Role, Truth } from './claims.ts'
import { COLOURS, DEVICES, FEATURES, MATERIALS, PLACES, SUBSTANCES } from './lexicon.ts'
import { amountOf, NUMBER, UNIT, unitOf } from './measures.ts'
import { anyOf } from './words.ts'

const words = (rows: ReadonlyArray<Readonly<Record<Lang, string>>>, lang: Lang) => anyOf(rows.map((row) => row[lang]))
const DEVICE = anyOf(DEVICES)

type Patterns = Readonly<Record<'material' | 'fits' | 'origin' | 'without' | 'with' | 'colour', RegExp>>
const tableOf = (lang: Lang): Patterns => {
  const material = words(MATERIALS, lang)
  const colour = words(COLOURS, lang)
  const place = words(PLACES, lang)
  const what = words(SUBSTANCES, lang)
  const devices = (join: string) => `(${DEVICE}(?:(?:${join})${DEVICE})*)`
  if (lang === 'de')
    return {
      material: new RegExp(`^Aus (${material})(?![\\p{L}])`, 'u'),
      colour: new RegExp(`Erhältlich in (${colour}(?:(?:, | und )${colour})*)`, 'u'),
      fits: new RegExp(`Passt zu ${devices(', | und ')}(?! Pro| Ultra)`, 'u'),
      origin: new RegExp(`Hergestellt in (${place})`, 'u'),
      without: new RegExp(`(?:Enthält kein|Ohne|Frei von) (${what})`, 'u'),
      with: new RegExp(`Enthält (${what})`, 'u'),
    }
  if (lang === 'ja')
    return {
      material: new RegExp(`素材は(${material})`, 'u'),
      colour: new RegExp(`色は(${colour}(?:、${colour})*)`, 'u'),
      fits: new RegExp(`${devices('、')}に対応`, 'u'),
      origin: new RegExp(`(${place})製`, 'u'),
      without: new RegExp(`(${what})(?:不使用|は含みません)`, 'u'),
      with: new RegExp(`(${what})を含`, 'u'),
    }
  return {
    material: new RegExp(`材质为(${material})`, 'u'),
    colour: new RegExp(`有(${colour}(?:、${colour})*)可选`, 'u'),
    fits: new RegExp(`适用于${devices('、')}`, 'u'),
    origin: new RegExp(`(${place})制造`, 'u'),
    without: new RegExp(`不含(${what})`, 'u'),
    with: new RegExp(`^含(${what})`, 'u'),
  }
}
const TABLES: Readonly<Record<Exclude<Lang, 'en'>, Patterns>> = {
  de: tableOf('de'),
  ja: tableOf('ja'),
  zh: tableOf('zh'),
}

/** [role, before, after] of a quantity by language. */
const QUANTITIES: Readonly<Record<Exclude<Lang, 'en'>, ReadonlyArray<readonly [Role, string, string]>>> = {
  de: [
    ['capacity', 'Fasst ', ''],
    ['width', '', ' breit'],
    ['height', '', ' hoch'],
    ['length', '', ' lang'],
    ['weight', 'Wiegt ', ''],
    ['load', 'Trägt ', ''],
    ['runtime', 'Akku hält ', ''],
  ],
  ja: [
    ['capacity', '容量は?', ''],
    ['width', '幅', ''],
    ['height', '高さ', ''],
    ['length', '長さ', ''],
    ['weight', '重さは?', ''],
    ['load', '耐荷重', ''],
  ],
  zh: [
    ['capacity', '容量', ''],
    ['width', '宽', ''],
    ['height', '高', ''],
    ['length', '长', ''],
    ['weight', '重', ''],
    ['load', '承重', ''],
  ],
}

/** What one sentence of another language says. */
export function readAbroad(sentence: string, lang: Exclude<Lang, 'en'>): Truth[] {
  const table = TABLES[lang]
  const quote = sentence
  const truths: Truth[] = []
  const material = sentence.match(table.material)?.[1]
  if (material !== undefined) truths.push({ kind: 'material', lang, value: material, part: null, quote })
  const colours = sentence.match(table.colour)?.[1]
  if (colours !== undefined) truths.push({ kind: 'colour', lang, values: colours.split(/, | und |、/u), quote })
  const devices = sentence.match(table.fits)?.[1]
  if (devices !== undefined) truths.push({ kind: 'fits', lang, devices: devices.split(/, | und |、/u), quote })
  const place = sentence.match(table.origin)?.[1]
  if (place !== undefined) truths.push({ kind: 'origin', lang, place, quote })
  const without = sentence.match(table.without)?.[1]
  const contained = sentence.match(table.with)?.[1]
  if (without !== undefined) truths.push({ kind: 'contains', lang, what: without, holds: false, quote })
  else if (contained !== undefined) truths.push({ kind: 'contains', lang, what: contained, holds: true, quote })
  for (const [role, before, after] of QUANTITIES[lang]) {
    const [, bound, amount, word] =
      sentence.match(
        new RegExp(`${before}(bis zu |mindestens |最大|最多|至少)?(${NUMBER})\\s?(${UNIT})${after}`, 'u'),
      ) ?? []
    const unit = word === undefined ? null : unitOf(word)
    if (amount === undefined || unit === null) continue
    const limit = bound === undefined ? null : /mindestens|至少/u.test(bound) ? 'least' : 'most'
    truths.push({ kind: 'measure', lang, role, amount: amountOf(amount), unit, bound: limit, quote })
  }
  for (const own of FEATURES) {
    if (sentence.toLowerCase().includes(own[lang][1].toLowerCase()))
      truths.push({ kind: 'feature', lang, id: own.id, holds: false, quote })
    else if (sentence.toLowerCase().includes(own[lang][0].toLowerCase()) && !/[不非無无]|nicht/u.test(sentence))
      truths.push({ kind: 'feature', lang, id: own.id, holds: true, quote })
  }
  truths.push({ kind: 'sentence', lang, text: sentence.replace(/[.。!！]+$/u, ''), quote })
  return truths
}
