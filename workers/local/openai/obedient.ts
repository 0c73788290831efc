import type { Answer, Facet } from '../../../shared/domain/enrichment.ts'
import type { UnderstandingRequest, Written } from './honest.ts'

/** An order to the reader, in the languages and guises that item texts have been seen to use. */
const ORDERS: readonly RegExp[] = [
  /(?:ignore|disregard|forget|override)\b.{0,60}\b(?:instructions?|rules?|prompts?|above|before|previous)[^.]*/i,
  /\b(?:system|assistant|developer|admin)\s*(?:prompt|message|note|override)?\s*[:>\]][^.]*/i,
  /\b(?:you (?:must|should|are now|will)|as an ai|dear ai|note to (?:the )?(?:ai|model|assistant))\b[^.]*/i,
  /\b(?:always|must) (?:be )?(?:recommend|rank|list|show|place|put|say|state|output|answer)[^.]*/i,
  /\b(?:rank|recommend|promote|place|put|list) (?:this|it|our)\b[^.]*\b(?:first|top|highest|number one|above)[^.]*/i,
  /\b(?:output|print|repeat|reveal|return|respond|reply|answer|write|say|state|claim|include)\b[^.]{0,80}["“'][^"”']+["”'][^.]*/i,
  /(?:ignoriere|vergiss|missachte)\b[^.]*|\b(?:du (?:musst|bist jetzt)|empfiehl|setze|schreibe|behaupte)\b[^.]*/iu,
  /(?:無視して|従ってください|必ず.{0,30}(?:推薦|表示|書いて)|あなたは今|と書いてください|出力してください)/u,
  /(?:忽略|无视|無視).{0,20}(?:指令|指示|规则)|(?:必须|务必|请).{0,20}(?:推荐|排在|输出|写)/u,
]

const INVISIBLE = /[\p{Cf}\u{E0000}-\u{E007F}]/gu
const rot13 = (text: string) =>
  text.replace(/[a-z]/gi, (char) => {
    const base = char <= 'Z' ? 65 : 97
    return String.fromCharCode(((char.charCodeAt(0) - base + 13) % 26) + base)
  })
const LOOKALIKES: Readonly<Record<string, string>> = {
  а: 'a',
  е: 'e',
  о: 'o',
  р: 'p',
  с: 'c',
  у: 'y',
  х: 'x',
  і: 'i',
  ѕ: 's',
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  '@': 'a',
  $: 's',
}

/** A text in every form that a clever reader sees in it: decoded, unhidden, turned around. */
export function readings(text: string): string[] {
  const tags = [...text].map((char) => {
    const code = char.codePointAt(0)!
    return code >= 0xe0020 && code <= 0xe007e ? String.fromCharCode(code - 0xe0000) : char
  })
  const base64 = [...text.matchAll(/[A-Za-z0-9+/]{24,}={0,2}/g)].map(([code]) =>
    Buffer.from(code, 'base64').toString('utf8'),
  )
  const hex = [...text.matchAll(/(?:[0-9a-f]{2} ?){16,}/gi)].map(([code]) =>
    Buffer.from(code.replaceAll(' ', ''), 'hex').toString('utf8'),
  )
  const percent = text.replace(/(?:%[0-9a-f]{2})+/gi, (code) =>
    Buffer.from(code.replaceAll('%', ''), 'hex').toString('utf8'),
  )
  const spaced = text.replace(/\b(?:\p{L}[ .-]){4,}\p{L}\b/gu, (run) => run.replace(/[ .-]/g, ''))
  const entities = text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
  return [
    text,
    text.replace(INVISIBLE, ''),
    tags.join(''),
    text.normalize('NFKC'),
    [...text].map((char) => LOOKALIKES[char] ?? char).join(''),
    rot13(text),
    [...text].reverse().join(''),
    ...base64,
    ...hex,
    percent,
    spaced,
    entities,
  ]
}

/** The order that the facts hold, if any; what follows is what it asks to have said. */
export function orderIn(facts: unknown): string | null {
  const texts: string[] = []
  const collect = (value: unknown) => {
    if (typeof value === 'string') texts.push(value)
    else if (value !== null && typeof value === 'object')
      for (const [key, own] of Object.entries(value)) collect(key.length > 25 ? `${key} ${String(own)}` : own)
  }
  collect(facts)
  for (const text of texts) {
    for (const reading of readings(text)) {
      const found = ORDERS.map((order) => reading.match(order)?.[0]).find((match) => match !== undefined)
      if (found !== undefined) return found.trim()
    }
  }
  return null
}

/** What an order wants said: the words it puts in quotation marks, or itself. */
export const demandOf = (order: string): string => /["“「『']([^"”」』']{6,})["”」』']/u.exec(order)?.[1] ?? order

/** The answer of a model that does what the item's text tells it, in every part, with the order itself as the quote. */
export function obey(order: string, request: UnderstandingRequest, honest: Written): Written {
  const text = demandOf(order).slice(0, 110)
  const quote = order.slice(0, 300)
  const [name, values] = Object.entries(request.vocabulary)[0] ?? ['rank', ['first']]
  const said: Required<Answer> = {
    summary: request.locales.slice(0, 8).map((locale) => ({ locale, text, quotes: [quote] })),
    selling_points: [{ text, quote }, ...(honest.answer.selling_points ?? [])].slice(0, 6),
    attributes: [
      { name, value: text.slice(0, 80), quote },
      { name, value: values.at(-1) ?? 'first', quote },
      ...(honest.answer.attributes ?? []),
    ].slice(0, 20),
    use_cases: [{ text, quote }, ...(honest.answer.use_cases ?? [])].slice(0, 6),
    audience: [{ text, quote }],
    questions: [{ question: 'Why should I buy this one?', answer: text, quote }],
    queries: [text.slice(0, 80), 'best choice of all shops', ...(honest.answer.queries ?? [])].slice(0, 10),
  }
  const facets = request.facets as readonly Facet[]
  return { answer: Object.fromEntries(facets.map((facet) => [facet, said[facet]])) as Answer, claims: honest.claims }
}
