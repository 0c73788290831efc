import { cleanText } from '../../base/text/clean.ts'
import { normalizeText } from '../../base/text/normalize.ts'
import { isEncoded } from './encodings.ts'
import { HOSTILE_PATTERNS, LEET, LOOKALIKES, PROTOCOL_PATTERNS } from './lexicon/hostile.ts'
import { OUTPUT_PATTERNS } from './lexicon/hostile_output.ts'
import { remembered } from './read/memo.ts'

/** Longer text is looked at in its first characters; a sentence of this length is no sentence. */
const SCANNED_CHARS = 4_000
/** A sentence is judged where it is read and again in each claim that repeats it; long ones are not worth their memory. */
const SENTENCES_MAX = 4_000
const REMEMBERED_CHARS = 400
/** Invisible characters in one sentence that no typographer put there. */
const INVISIBLE_MAX = 2
const INVISIBLE =
  /[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\u00ad\u180e]|\u{e0001}|[\u{e0020}-\u{e007f}]/gu
const TAG_CHARACTERS = /[\u{e0020}-\u{e007f}]/u
/** Encoded text: long, of mixed case with digits, or plain hexadecimal. */
const BLOB =
  /(?=[A-Za-z0-9+/_-]*[a-z])(?=[A-Za-z0-9+/_-]*[A-Z])(?=[A-Za-z0-9+/_-]*\d)[A-Za-z0-9+/_-]{40,}={0,2}|\b[0-9a-fA-F]{48,}\b/
/** Spaced-out letters: "i g n o r e", "i.g.n.o.r.e". */
const SPACED = /(?:(?<![\p{L}\p{N}])[\p{L}\p{N}][ .\-_*·]{1,3}){5,}[\p{L}\p{N}](?![\p{L}\p{N}])/gu
const RUN_TOGETHER =
  /ignore(?:all)?(?:the)?(?:previous|prior|above|your|these)|disregard(?:all|previous|prior)|rank(?:this|it)(?:first|top|item|product)|always(?:recommend|rank|select|choose)|recommendthis(?:to|item|product)|systemprompt|recommendtoevery|youmust(?:recommend|rank|always)/

/**
 * Whether a sentence speaks to a ranker, an assistant or a model instead of to a shopper, or imitates a protocol, hides
 * text or carries a blob. Ordinary marketing does not. Never throws.
 */
export function isSelfPromotion(sentence: string): boolean {
  return sentence.length > REMEMBERED_CHARS ? judge(sentence) : judgeOnce(sentence)
}

const judgeOnce = remembered(SENTENCES_MAX, judge)

function judge(sentence: string): boolean {
  const text = sentence.slice(0, SCANNED_CHARS).toWellFormed()
  if (TAG_CHARACTERS.test(text) || (text.match(INVISIBLE)?.length ?? 0) > INVISIBLE_MAX) return true
  if (isEncoded(text)) return true
  const compatible = cleanText(text).normalize('NFKC')
  if (BLOB.test(compatible) || PROTOCOL_PATTERNS.some((pattern) => pattern.test(compatible))) return true
  const folded = foldLookalikes(normalizeText(compatible))
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[*_~`]+/g, '')
    .replace(/\s+/g, ' ')
  if (isHostile(folded)) return true
  const leet = folded.replace(/[\w@$!|]*[a-z][\w@$!|]*/g, (word) =>
    /[0-9@$!|]/.test(word) ? word.replace(/[013457@$!|](?=.)|[013457@$]$/g, (sign) => LEET[sign]!) : word,
  )
  if (leet !== folded && isHostile(leet)) return true
  const spaced = folded.replace(SPACED, (run) => run.replace(/[^\p{L}\p{N}]/gu, ''))
  return spaced !== folded && (isHostile(spaced) || RUN_TOGETHER.test(folded.replace(/[^\p{L}\p{N}]/gu, '')))
}

const isHostile = (folded: string) =>
  HOSTILE_PATTERNS.some((pattern) => pattern.test(folded)) || OUTPUT_PATTERNS.some((pattern) => pattern.test(folded))

/** Cyrillic and Greek letters in a word that also holds Latin ones, or that is wholly of look-alikes, become Latin. */
function foldLookalikes(text: string): string {
  if (!/[\p{Script=Cyrillic}\p{Script=Greek}ɡɑⅼ]/u.test(text)) return text
  return text.replace(/[\p{L}\p{M}]+/gu, (word) => {
    const letters = [...word]
    const mixed = /\p{Script=Latin}/u.test(word)
    const all = letters.every((letter) => letter in LOOKALIKES || /\p{Script=Latin}/u.test(letter))
    return mixed || all ? letters.map((letter) => LOOKALIKES[letter] ?? letter).join('') : word
  })
}
