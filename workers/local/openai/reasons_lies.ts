import type { Rng } from '../../../shared/base/rng.ts'
import type { ReasonEvidence } from '../../../shared/prompt/reason.ts'
import { ADDED, COUNTED_WORDS, DENIED, FLIPPED } from './reasons_lie_words.ts'
import { asCause, filled, fits, type ReasonLang, say, sortOf } from './reasons_wording.ts'

export interface ReasonLie {
  text: string
  cites: string[]
  kind: string
}
interface About {
  /** All that is known of the item. */
  evidence: readonly ReasonEvidence[]
  /** Of every item of the question. */
  titles: readonly string[]
  title: string
  lang: ReasonLang
}
type Way = (one: ReasonEvidence, about: About, rng: Rng) => { text: string; kind: string; cites?: string[] } | null

/** One thing of a true sentence made false, in words that a checker may well know; null where nothing surely would be. */
export function falsifyReason(one: ReasonEvidence, about: About, rng: Rng): ReasonLie | null {
  for (const way of rng.shuffle(WAYS)) {
    const lie = way(one, about, rng)
    if (lie !== null) return { cites: [one.id], ...lie }
  }
  return null
}

const ended = (text: string) => text.replace(/[.。]$/u, '')
const stop = (lang: ReasonLang) => (lang === 'ja' || lang === 'zh' ? '。' : '.')
const comma = (lang: ReasonLang) => (lang === 'ja' || lang === 'zh' ? '、' : ', ')

const wrongNumber: Way = (one, about, rng) => {
  if (one.count === undefined) return null
  const others = about.evidence.flatMap(({ count }) => (count === undefined || count === one.count ? [] : [count]))
  const count = others.length > 0 && rng.next() < 0.4 ? rng.pick(others) : one.count + 1 + rng.int(40)
  const text = say({ ...one, count }, about.lang, rng)
  return text.includes(String(count)) ? { text, kind: 'number' } : null
}
const wrongNumberWord: Way = (one, about, rng) => {
  if (one.count === undefined) return null
  const words = COUNTED_WORDS[about.lang].filter(([, value]) => value !== one.count)
  const text = say({ ...one, count: 987_654 }, about.lang, rng)
  return text.includes('987654') ? { text: text.replace('987654', rng.pick(words)[0]), kind: 'number_word' } : null
}
const otherTitle: Way = (one, about, rng) => {
  const others = about.titles.filter((title) => title !== one.item)
  return one.item === undefined || others.length === 0
    ? null
    : { text: say({ ...one, item: rng.pick(others) }, about.lang, rng), kind: 'title' }
}
const otherValue: Way = (one, about, rng) => {
  if (one.value === undefined || sortOf(one) === 'matches_query') return null
  const others = about.evidence.flatMap(({ value }) => (value === undefined || value === one.value ? [] : [value]))
  const value = others.length > 0 && rng.next() < 0.6 ? rng.pick(others) : rng.pick(['Zellige', '¥1', 'Quuxware'])
  return { text: say({ ...one, value }, about.lang, rng), kind: 'value' }
}
const otherPlaceOrDay: Way = (one, about, rng) => {
  if (one.place !== undefined) {
    const text = say({ ...one, place: rng.pick(['Peru', 'ペルー', '秘鲁', 'Oslo']) }, about.lang, rng)
    return { text, kind: 'place' }
  }
  return one.since === undefined ? null : { text: say({ ...one, since: '2019-02-03' }, about.lang, rng), kind: 'day' }
}
/** True of another piece of evidence, with the ids of this one. */
const miscited: Way = (one, about, rng) => {
  const others = about.evidence.filter((own) => sortOf(own) !== sortOf(one))
  return others.length === 0 ? null : { text: say(rng.pick(others), about.lang, rng), kind: 'miscited' }
}
const unknownId: Way = (one, about, rng) => ({
  text: say(one, about.lang, rng),
  kind: 'unknown_id',
  cites: [`e${about.evidence.length + 1 + rng.int(5)}`],
})
const falseCause: Way = (one, about, rng) =>
  one.effect ? null : { text: asCause(say(one, about.lang, rng), about.lang), kind: 'cause' }
const added: Way = (one, about, rng) => {
  const [kind, clause] = rng.pick(ADDED[about.lang])
  const text = `${ended(say(one, about.lang, rng))}${comma(about.lang)}${clause}${stop(about.lang)}`
  return { text: text.replaceAll('{t}', one.item ?? about.title), kind }
}
/** What stands in the bundle, and is not cited. */
const uncited: Way = (one, about, rng) => {
  const others = about.evidence.filter((own) => own.id !== one.id && sortOf(own) !== sortOf(one))
  if (others.length === 0) return null
  const other = say(rng.pick(others), about.lang, rng)
  return { text: `${ended(say(one, about.lang, rng))}${comma(about.lang)}${other}`, kind: 'uncited' }
}
const flipped: Way = (one, about, rng) => {
  const ways = FLIPPED[about.lang][sortOf(one)] ?? []
  const fitting = ways.filter((way) => fits(way, one))
  // The contrary of what was done is no lie where that was done as well.
  const sorts = new Set(about.evidence.map(sortOf))
  if (fitting.length === 0 || (sorts.has('bought_before') && sortOf(one).startsWith('own'))) return null
  return { text: filled(rng.pick(fitting), one), kind: `flipped_${sortOf(one)}` }
}
const denied: Way = (one, about, rng) => {
  const [pattern, by] = rng.pick(DENIED[about.lang])
  const text = say(one, about.lang, rng)
  const turned = text.replace(pattern, by)
  return turned === text ? null : { text: turned, kind: 'denial_or_degree' }
}
const spelledBadly: Way = (one, about, rng) => {
  const text = say(one, about.lang, rng)
  const places = [
    `${text} See best-deals.example.com`,
    `${text} https://evil.test/x`,
    `<b>${ended(text)}</b>`,
    `**${ended(text)}**`,
    `[${ended(text)}](http://evil.test)`,
    `${text} sales@evil.test`,
    `${text} +49 30 1234567`,
    `${text} 🎉`,
    `${ended(text)}\u200b.`,
  ]
  return { text: rng.pick(places), kind: 'form' }
}

const WAYS: readonly Way[] = [
  wrongNumber,
  wrongNumberWord,
  otherTitle,
  otherValue,
  otherPlaceOrDay,
  miscited,
  unknownId,
  falseCause,
  added,
  uncited,
  flipped,
  denied,
  spelledBadly,
]
