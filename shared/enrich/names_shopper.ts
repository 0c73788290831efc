import { emailName } from '../domain/forgotten.ts'
import { LIMITS } from '../domain/limits.ts'
import type { Letter } from '../store/operations/dead_letters.ts'
import { guestOrder } from '../store/operations/erasures_rows.ts'

/** Topics whose bodies are about a shopper: there any mention counts. Elsewhere numbers may be those of items. */
const PERSONAL_TOPIC = /order|refund|customer|checkout|cart|user|subscription/i
/** Names of values that tell of a shopper. */
const PERSONAL_KEY = /customer|user|shopper|buyer|anonymous|client|session|order|e-?mail/i

/**
 * Whether a dead letter names one of the shoppers: by the key that events carry, or by the platform's own number in a
 * place that speaks of people or orders. In doubt it does: a letter lost can be asked for again, a trace kept cannot be excused.
 * @param shoppers as events name them: `u:5`, `a:visitor`, and for guests `a:order:{source}:{order}`
 */
export function namesShopper(letter: Pick<Letter, 'topic' | 'body' | 'detail'>, shoppers: readonly string[]): boolean {
  const ids = new Set(shoppers.flatMap((shopper) => [shopper, plainId(shopper)]))
  const text = new TextDecoder().decode(letter.body)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return [...ids].some((id) => mentions(text, id))
  }
  if ([...ids].some((id) => PERSONAL_TOPIC.test(letter.topic) && mentions(letter.detail, id))) return true
  return finds(value, ids, PERSONAL_TOPIC.test(letter.topic))
}

/** Names at most that one letter is looked through for. */
const VALUES_MAX = 2_000

/**
 * Every name that a letter may give a shopper, as the stores would know it: what stands in places that speak of people or
 * orders. Of text that is no JSON it is every word.
 */
export function namesIn(letter: Pick<Letter, 'topic' | 'body' | 'origin'>): string[] {
  const found = new Set<string>()
  const isEnough = (own: string) => {
    if (own !== '' && own.length <= LIMITS.idChars) found.add(own)
    return found.size >= VALUES_MAX
  }
  const text = new TextDecoder().decode(letter.body)
  let value: unknown
  let isJson = true
  try {
    value = JSON.parse(text)
  } catch {
    isJson = false
  }
  if (isJson) walk(value, PERSONAL_TOPIC.test(letter.topic), isEnough)
  else for (const own of wordsOf(text)) if (isEnough(own)) break
  const source = letter.origin.slice(letter.origin.indexOf(':') + 1)
  return [...found].flatMap((own) => [
    ...[`u:${own}`, `a:${own}`, `s:${own}`, own, `a:order:${source}:${own}`],
    ...(own.includes('@') ? [emailName(own)] : []),
  ])
}

/** What stands between names in text: spaces, quotes, and what forms, lists and markup are made of. */
const RUN = /[^\s"'`=&,;<>(){}[\]|\\]+/gu
const WORD = /[\p{L}\p{N}_-]+/gu

/** Whatever may be a name in text: what stands between spaces and quotes, as addresses and forms write it too, and each word of it. */
function* wordsOf(text: string): Generator<string> {
  for (const [run] of text.matchAll(RUN)) {
    yield run
    const plain = decoded(run)
    if (plain !== run) yield plain
    if (plain.includes('@')) yield plain.replace(/^.*[:/]/, '').replace(/[.!?]+$/, '')
    for (const [word] of plain.matchAll(WORD)) if (word !== run) yield word
  }
}

/** A percent sign may be just that. */
function decoded(run: string): string {
  try {
    return decodeURIComponent(run)
  } catch {
    return run
  }
}

/** What the platform calls the shopper: `5` of `u:5`, the order's own number of a guest. */
function plainId(shopper: string): string {
  return guestOrder(shopper)?.order_id ?? shopper.slice(2)
}

const finds = (root: unknown, ids: ReadonlySet<string>, personal: boolean): boolean =>
  walk(root, personal, (own) => ids.has(own) || ids.has(own.toLowerCase()))

/**
 * Tells of every plain value in a place that speaks of people or orders, until it is enough. Without recursion: a hostile
 * body may be nested as deep as it likes.
 */
function walk(root: unknown, isPersonal: boolean, isEnough: (value: string) => boolean): boolean {
  const open: Array<[value: unknown, personal: boolean]> = [[root, isPersonal]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, counts] = next
    if (value === null) continue
    if (typeof value !== 'object') {
      if (counts && isEnough(String(value))) return true
    } else if (Array.isArray(value)) for (const entry of value) open.push([entry, counts])
    else for (const [key, entry] of Object.entries(value)) open.push([entry, counts || PERSONAL_KEY.test(key)])
  }
  return false
}

/** The id as a word of its own. */
function mentions(text: string, id: string): boolean {
  for (let at = text.indexOf(id); at !== -1; at = text.indexOf(id, at + 1)) {
    if (!isWord(text[at - 1]) && !isWord(text[at + id.length])) return true
  }
  return false
}

const isWord = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}_-]/u.test(char)
