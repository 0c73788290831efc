import type { Lang, Role, TruthOf } from './claims.ts'
import { NUMBER_WORDS } from './lexicon.ts'

export type Measure = TruthOf<'measure'>

/** What a unit measures and how many of the smallest unit of its kind it is. */
export const UNITS: Readonly<Record<string, readonly [kind: string, size: number]>> = {
  ml: ['volume', 1],
  cl: ['volume', 10],
  l: ['volume', 1_000],
  mm: ['length', 1],
  cm: ['length', 10],
  m: ['length', 1_000],
  inch: ['length', 25.4],
  g: ['mass', 1],
  kg: ['mass', 1_000],
  minutes: ['time', 1],
  hours: ['time', 60],
  W: ['power', 1],
  kW: ['power', 1_000],
  '°C': ['heat', 1],
  years: ['years', 1],
  pieces: ['pieces', 1],
}

/** Other spellings of a unit as texts have them. */
const SPELLINGS: Readonly<Record<string, string>> = {
  litre: 'l',
  litres: 'l',
  liter: 'l',
  liters: 'l',
  millilitres: 'ml',
  milliliters: 'ml',
  毫升: 'ml',
  升: 'l',
  centimetres: 'cm',
  centimeters: 'cm',
  厘米: 'cm',
  毫米: 'mm',
  米: 'm',
  inches: 'inch',
  克: 'g',
  公斤: 'kg',
  千克: 'kg',
  kilograms: 'kg',
  grams: 'g',
  hour: 'hours',
  h: 'hours',
  stunden: 'hours',
  時間: 'hours',
  小时: 'hours',
  watts: 'W',
  w: 'W',
  瓦: 'W',
  year: 'years',
  jahre: 'years',
  jahren: 'years',
  歳: 'years',
  岁: 'years',
  年: 'years',
  度: '°C',
  piece: 'pieces',
  teile: 'pieces',
  teilig: 'pieces',
  点: 'pieces',
  件: 'pieces',
}
export const unitOf = (word: string): string | null => {
  if (UNITS[word] !== undefined) return word
  const lower = word.toLowerCase()
  return SPELLINGS[lower] ?? (UNITS[lower] === undefined ? null : lower)
}

export const NUMBER = String.raw`\d+(?:[.,]\d+)?`
export const UNIT = `(?:ml|cl|litres?|liters?|l|mm|cm|m|inches|inch|kg|g|hours?|h|Stunden|watts|kW|W|°C|years?|Jahren?|pieces?|毫升|升|厘米|毫米|公斤|千克|克|時間|小时|瓦|歳|岁|年|点|件)`

export const amountOf = (text: string): number => Number(text.replace(',', '.'))

/** In the smallest unit of its kind. */
export const baseOf = (amount: number, unit: string): number => amount * (UNITS[unit]?.[1] ?? 1)
export const kindOf = (unit: string): string => UNITS[unit]?.[0] ?? unit
export const sameAmount = (a: number, b: number): boolean => Math.abs(a - b) <= Math.max(a, b) * 0.02

/** Every quantity that a text names, whatever of. */
export function quantitiesIn(text: string): Array<{ kind: string; base: number }> {
  const pattern = new RegExp(`(${NUMBER})\\s?-?(${UNIT})(?![a-z])`, 'giu')
  return [...text.matchAll(pattern)].flatMap(([, amount, word]) => {
    const unit = unitOf(word!)
    return unit === null ? [] : [{ kind: kindOf(unit), base: baseOf(amountOf(amount!), unit) }]
  })
}

/** The bare numbers of a text, in digits and in English words. */
export function numbersIn(text: string): Set<number> {
  const words = NUMBER_WORDS.flatMap((word, value) => (new RegExp(`\\b${word}\\b`, 'i').test(text) ? [value] : []))
  return new Set([...words, ...[...text.matchAll(/\d+(?:[.,]\d+)?/g)].map(([number]) => amountOf(number))])
}

const EQUAL: Readonly<Record<string, string>> = { ml: 'l', l: 'ml', cm: 'mm', mm: 'cm', kg: 'g', g: 'kg', m: 'cm' }

/** The same amount in another unit; null where no people would say it so. */
export function converted(measure: Measure): Measure | null {
  const unit = EQUAL[measure.unit]
  if (unit === undefined) return null
  const amount = Number((baseOf(measure.amount, measure.unit) / UNITS[unit]![1]).toPrecision(6))
  return amount < 0.05 || amount > 20_000 ? null : { ...measure, amount, unit }
}

const LOCAL_UNITS: Readonly<Record<Lang, Readonly<Record<string, string>>>> = {
  en: {},
  de: { hours: 'Stunden', years: 'Jahre', pieces: 'Teile', minutes: 'Minuten', inch: 'Zoll' },
  ja: { hours: '時間', years: '年', pieces: '点', minutes: '分', inch: 'インチ' },
  zh: {
    ml: '毫升',
    l: '升',
    cm: '厘米',
    mm: '毫米',
    m: '米',
    g: '克',
    kg: '公斤',
    hours: '小时',
    years: '年',
    pieces: '件',
    W: '瓦',
    minutes: '分钟',
    inch: '英寸',
  },
}

/** An amount with its unit as the language writes it. */
export function written(amount: number, unit: string, lang: Lang, tight = false): string {
  const digits = lang === 'de' ? String(amount).replace('.', ',') : String(amount)
  const local = LOCAL_UNITS[lang][unit] ?? (unit === 'inch' && amount !== 1 ? 'inches' : unit)
  const singular = lang === 'en' && amount === 1 ? local.replace(/^(hour|year|piece|minute)s$/, '$1') : local
  return `${digits}${tight || lang === 'zh' ? '' : ' '}${singular}`
}

export const ROLES_BY_NAME: Readonly<Record<string, Role>> = {
  capacity: 'capacity',
  volume: 'capacity',
  fassungsvermögen: 'capacity',
  容量: 'capacity',
  width: 'width',
  breite: 'width',
  幅: 'width',
  宽度: 'width',
  height: 'height',
  höhe: 'height',
  高さ: 'height',
  高度: 'height',
  length: 'length',
  länge: 'length',
  長さ: 'length',
  长度: 'length',
  depth: 'depth',
  tiefe: 'depth',
  diameter: 'diameter',
  durchmesser: 'diameter',
  直径: 'diameter',
  weight: 'weight',
  gewicht: 'weight',
  重さ: 'weight',
  重量: 'weight',
  load: 'load',
  max_load: 'load',
  battery_life: 'runtime',
  runtime: 'runtime',
  power: 'power',
  guarantee: 'guarantee',
  pieces: 'pieces',
  heat: 'heat',
}
