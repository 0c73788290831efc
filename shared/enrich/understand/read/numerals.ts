import { NUMBER_WORDS } from '../lexicon/units.ts'
import type { Language } from './language.ts'

/** What a written number is worth: decimal signs differ by language, so `1.500` is 1.5 in English and 1500 in German. */
export function parseNumber(written: string, language: Language): number {
  const mixed = /^(?:(\d+) )?(\d+)[\u2044/](\d+)$/.exec(written)
  if (mixed) return Number(mixed[1] ?? 0) + Number(mixed[2]) / Number(mixed[3])
  const comma = language === 'de' || language === 'fr' || language === 'es'
  const group = comma ? '.' : ','
  const point = comma ? ',' : '.'
  const last = Math.max(written.lastIndexOf('.'), written.lastIndexOf(','))
  if (last === -1) return Number(written)
  // Both signs: the last one is the decimal sign, whatever the language.
  if (written.includes('.') && written.includes(',')) {
    return Number(`${written.slice(0, last).replace(/[.,]/g, '')}.${written.slice(last + 1)}`)
  }
  if (written[last] === group && /^\d{1,3}(?:[.,]\d{3})+$/.test(written)) return Number(written.replace(/[.,]/g, ''))
  const parts = written.split(written[last] === point ? point : group)
  return parts.length === 2 ? Number(`${parts[0]}.${parts[1]}`) : Number(written.replace(/[.,]/g, ''))
}

const DIGITS: Readonly<Record<string, number>> = {
  〇: 0,
  一: 1,
  二: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
  両: 2,
  两: 2,
  兩: 2,
}
const PLACES: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1000 }
/** A numeral counts where one of these follows; elsewhere it is part of a word (一緒, 三日月). */
const COUNTED =
  /[〇一二三四五六七八九十百千万兩両两]+(?=枚|本|個|膳|双|客|組|寸|分[^かけの]|日|年|週|時間|グラム|センチ|ミリ|リットル|公分|公升|公克|公斤|毫升|毫米|克|色|人|冊|包|袋|回|台|層|种|種|点|合|升|杯|巻|束|歳|歲|号|號|支|件|片|枝|只|條|つ|小時|分鐘|分钟|個月|か月|ヶ月|カ月|入|樹|重|段|倍|角|面|連)/gu

/** Chinese numerals before a counter, in order. */
export function cjkNumber(run: string): Array<{ text: string; at: number; value: number }> {
  const found: Array<{ text: string; at: number; value: number }> = []
  for (const match of run.matchAll(COUNTED)) {
    const value = worthOf(match[0])
    if (value !== null) found.push({ text: match[0], at: match.index, value })
  }
  return found
}

function worthOf(numeral: string): number | null {
  let total = 0
  let section = 0
  let digit = 0
  for (const character of numeral) {
    if (character in DIGITS) digit = DIGITS[character]!
    else if (character in PLACES) {
      section += (digit || 1) * PLACES[character]!
      digit = 0
    } else if (character === '万') {
      total += (section + digit || 1) * 10_000
      section = digit = 0
    } else return null
  }
  return total + section + digit
}

/** A number word's worth; null for any other word. */
export function wordValue(folded: string): number | null {
  return Object.hasOwn(NUMBER_WORDS, folded) ? NUMBER_WORDS[folded]! : null
}
