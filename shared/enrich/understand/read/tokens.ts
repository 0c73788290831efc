import type { Language } from './language.ts'
import { remembered } from './memo.ts'
import { cjkNumber, parseNumber } from './numerals.ts'
import { foldWord, stemIn } from './stems.ts'

/** A word, a number or a run of a script without blanks, with what stands before it. */
export interface Token {
  text: string
  /** Lower case, without diacritics. */
  folded: string
  stem: string
  kind: 'word' | 'number' | 'cjk' | 'symbol'
  capital: boolean
  /** Offset in the reading's text. */
  at: number
  /** What parts it from the token before: nothing, a comma, or the end of a clause. */
  gap: 'none' | 'comma' | 'clause'
  /** Glued to the token before, at most by a hyphen. */
  joined: boolean
  sentence: number
  value: number | null
}

/** A text as the check reads it. */
export interface Reading {
  language: Language
  text: string
  tokens: readonly Token[]
}

const CJK = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\u30fc\u3005'
const PIECE = new RegExp(
  [
    '(?<number>\\d+ \\d+[\u2044/]\\d+|\\d+[\u2044/]\\d+(?![\\d/])|\\d+(?:[.,]\\d+)*)',
    '(?<symbol>\u00b0 ?[CcFf](?![\\p{L}])|[%$\u20ac\u00a3\u00a5\u2033]|(?<=\\d ?)")',
    `(?<cjk>[${CJK}]+)`,
    "(?<word>(?:(?![\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}])[\\p{L}\\p{M}])+(?:['\u2019]\\p{L}+|\\d+(?=[\\p{L}]|\\b))*)",
  ].join('|'),
  'gu',
)
const CLAUSE_END = /[.;:!?。；：！？…()[\]{}|•·\n"“”„«»「」『』【】<>]|\s[-–—]\s|—/u
const SENTENCE_END = /[!?。！？…\n]|[.](?=\s|$|["”』」)])/u
const COMMA = /[,，、/]/u
/** A full stop after these ends no sentence. */
const ABBREVIATIONS = new Set([
  'approx',
  'ca',
  'no',
  'nr',
  'z',
  'b',
  'bzw',
  'inkl',
  'incl',
  'e',
  'g',
  'i',
  'etc',
  'vs',
  'max',
  'min',
  'dr',
  'mr',
  'mrs',
  'st',
  'in',
  'ft',
  'oz',
  'lb',
  'ml',
  'cm',
])

let segmenter: Intl.Segmenter | undefined

/** Short texts are names, values and searches, which a catalogue repeats. */
const REMEMBERED_CHARS = 120
const READINGS_MAX = 4_000

/** Never throws; linear in the text. Callers cap what they pass. */
export function read(raw: string, language: Language): Reading {
  return raw.length > REMEMBERED_CHARS ? cut(raw, language) : readOnce(`${language} ${raw}`)
}

const readOnce = remembered(READINGS_MAX, (key) => {
  const blank = key.indexOf(' ')
  return cut(key.slice(blank + 1), key.slice(0, blank) as Language)
})

function cut(raw: string, language: Language): Reading {
  // NFKC would make "2½" into "21/2".
  const text = raw
    .replace(/(\d)([\u00bc-\u00be\u2150-\u215e])/g, '$1 $2')
    .toWellFormed()
    .normalize('NFKC')
  const tokens: Token[] = []
  let end = 0
  let sentence = 0
  const push = (piece: string, kind: Token['kind'], at: number, value: number | null) => {
    const between = text.slice(end, at)
    const last = tokens.at(-1)
    const ends = last !== undefined && endsSentence(between, last, text.slice(at, at + 1))
    if (ends) sentence++
    const clause = ends || CLAUSE_END.test(between.replace(last && ABBREVIATIONS.has(last.folded) ? /^\./ : /^$/, ''))
    const folded = kind === 'number' ? piece : foldWord(piece)
    tokens.push({
      text: piece,
      folded,
      stem: kind === 'word' ? stemIn(language, folded) : folded,
      kind,
      capital: kind === 'word' && /^\p{Lu}/u.test(piece),
      at,
      gap: clause ? 'clause' : COMMA.test(between) ? 'comma' : 'none',
      joined: last !== undefined && /^[-\u2010\u2011']?$/.test(between),
      sentence,
      value,
    })
    end = at + piece.length
  }
  for (const match of text.matchAll(PIECE)) {
    const { number, cjk, word } = match.groups!
    const at = match.index
    if (number !== undefined) push(number, 'number', at, parseNumber(number, language))
    else if (cjk !== undefined) pushCjk(cjk, at, language, push)
    else if (word !== undefined) push(word, 'word', at, null)
    else push(match[0], 'symbol', at, null)
  }
  return { language, text, tokens }
}

function endsSentence(between: string, last: Token, next: string): boolean {
  if (!SENTENCE_END.test(between)) return false
  if (/[!?。！？…\n]/u.test(between)) return true
  return !(ABBREVIATIONS.has(last.folded) && !/\p{Lu}/u.test(next)) && !/\p{Ll}/u.test(next)
}

function pushCjk(
  run: string,
  at: number,
  language: Language,
  push: (piece: string, kind: Token['kind'], at: number, value: number | null) => void,
): void {
  let from = 0
  for (const numeral of cjkNumber(run)) {
    pushWords(run.slice(from, numeral.at), at + from, language, push)
    push(numeral.text, 'number', at + numeral.at, numeral.value)
    from = numeral.at + numeral.text.length
  }
  pushWords(run.slice(from), at + from, language, push)
}

function pushWords(
  run: string,
  at: number,
  language: Language,
  push: (piece: string, kind: Token['kind'], at: number, value: number | null) => void,
): void {
  if (run === '') return
  segmenter ??= new Intl.Segmenter(language === 'zh' ? 'zh' : 'ja', { granularity: 'word' })
  for (const { segment, index } of segmenter.segment(run)) push(segment, 'cjk', at + index, null)
}

/** The sentences of a text as they are written. */
export function sentencesOf(raw: string): string[] {
  return raw
    .split(
      /(?<=[.!?…](?:["”’')\]]{0,2}))\s+(?=["“„'([<#{]{0,2}[\p{Lu}\p{N}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}<[#{"“])|(?<=[。！？](?:[」』）]?))|\n+/u,
    )
    .reduce<string[]>((sentences, piece) => {
      const last = sentences.at(-1)
      const word = last === undefined ? null : /(?:^|[\s.])(\p{L}{1,6})\.$/u.exec(last)
      if (
        word !== null &&
        ABBREVIATIONS.has(word[1]!.toLowerCase()) &&
        word[1]!.length <= 6 &&
        !/^(?:no|in|cm|ml|ft|oz|lb|max|min)$/i.test(word[1]!)
      ) {
        sentences[sentences.length - 1] = `${last} ${piece}`
      } else if (piece.trim() !== '') sentences.push(piece.trim())
      return sentences
    }, [])
}
