/** What became of each claim: served or not, by the text that would reach a page or an index. */
import type { Checked, Understanding } from '../../shared/domain/enrichment.ts'
import type { Claim } from '../../workers/local/openai/claims.ts'

/** Equal up to letter case, spaces and the final stop. */
export const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/[.。!！]+$/u, '')
    .trim()

/** Every text that an understanding would serve, with its facet. */
export function servedTexts(understanding: Partial<Understanding>): Array<{ facet: string; text: string }> {
  const of = (facet: string, texts: readonly string[] | undefined) =>
    (texts ?? []).map((text) => ({ facet, text: plain(text) }))
  return [
    ...of('summary', Object.values(understanding.summary ?? {})),
    ...of('selling_points', understanding.selling_points),
    ...of('attributes', Object.values(understanding.attributes ?? {}).flat()),
    ...of('use_cases', understanding.use_cases),
    ...of('audience', understanding.audience),
    ...(understanding.questions ?? []).map((own) => ({
      facet: 'questions',
      text: plain(`${own.question} ${own.answer}`),
    })),
    ...of('queries', understanding.queries),
  ]
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const CJK = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u

/** Whether a text says these words as words of their own, and not turned by a negation before them. */
export function says(text: string, words: string): boolean {
  const wanted = plain(words)
  if (CJK.test(wanted)) return text.includes(wanted) && !new RegExp(`(?:不|非|无|無)${escaped(wanted)}`, 'u').test(text)
  return new RegExp(
    `(?<![\\p{L}\\p{N}.,-])(?<!\\b(?:not|no|nicht|kein|without|ohne) )${escaped(wanted)}(?![\\p{L}\\p{N}])`,
    'u',
  ).test(text)
}

const questionText = (claim: Claim) => plain(`${claim.question} ${claim.text}`)

/** A lie is served when its own words are, wherever; or, where it has none of its own, when its statement is, in its facet. */
export function lieServed(claim: Claim, understanding: Partial<Understanding>): boolean {
  const served = servedTexts(understanding)
  if (claim.needle !== null && served.some((own) => says(own.text, claim.needle!))) return true
  const own = served.filter((one) => one.facet === claim.facet)
  if (claim.facet === 'questions') return own.some((one) => one.text === questionText(claim))
  if (claim.facet === 'attributes')
    return (understanding.attributes?.[claim.name!] ?? []).some((value) => plain(value) === plain(claim.text))
  if (claim.facet === 'summary') {
    const text = plain(understanding.summary?.[claim.locale!] ?? '')
    return text !== '' && (text === plain(claim.text) || says(text, claim.name ?? claim.text))
  }
  return own.some((one) => one.text === plain(claim.text))
}

export function truthKept(claim: Claim, understanding: Partial<Understanding>): boolean {
  if (claim.facet === 'attributes')
    return (understanding.attributes?.[claim.name!] ?? []).some((value) => plain(value) === plain(claim.text))
  if (claim.facet === 'summary') return plain(understanding.summary?.[claim.locale!] ?? '') === plain(claim.text)
  const own = servedTexts(understanding).filter((one) => one.facet === claim.facet)
  return own.some((one) => one.text === (claim.facet === 'questions' ? questionText(claim) : plain(claim.text)))
}

export interface Failure {
  item: string
  claim: Claim
  reason: string
  title: string
  description: string
  attributes: unknown
}
export interface Tally {
  items: number
  truths: number
  kept: number
  lies: number
  served: number
  /** [claims, failures] by `facet kind`; a failure is a truth lost or a lie served. */
  kinds: Map<string, [claims: number, failures: number]>
  lost: Failure[]
  leaked: Failure[]
}
export const newTally = (): Tally => ({
  items: 0,
  truths: 0,
  kept: 0,
  lies: 0,
  served: 0,
  kinds: new Map(),
  lost: [],
  leaked: [],
})

/** Examples kept of each kind. */
const EXAMPLES = 30

/** Counts what became of an item's claims. */
export function tally(
  into: Tally,
  item: { id: string; title: string; description: string; attributes: unknown },
  claims: readonly Claim[],
  checked: Checked,
): void {
  into.items += 1
  for (const claim of claims) {
    const failed = claim.truth ? !truthKept(claim, checked.understanding) : lieServed(claim, checked.understanding)
    if (claim.truth) into.truths += 1
    else into.lies += 1
    if (claim.truth && !failed) into.kept += 1
    if (!claim.truth && failed) into.served += 1
    const name = `${claim.truth ? 'true' : 'LIE '} ${claim.facet} ${claim.kind}`
    const [count, failures] = into.kinds.get(name) ?? [0, 0]
    into.kinds.set(name, [count + 1, failures + (failed ? 1 : 0)])
    if (!failed || failures >= EXAMPLES) continue
    const dropped = checked.dropped.find(
      (own) =>
        own.facet === claim.facet &&
        (plain(own.claim).includes(plain(claim.text)) || plain(claim.text).includes(plain(own.claim))),
    )
    const { id, title, description, attributes } = item
    ;(claim.truth ? into.lost : into.leaked).push({
      item: id,
      claim,
      reason: dropped?.reason ?? (claim.truth ? 'not among the dropped' : 'served'),
      title,
      description,
      attributes,
    })
  }
}
