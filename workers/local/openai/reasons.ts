import type { Rng } from '../../../shared/base/rng.ts'
import type { ReasonAnswer, ReasonData, ReasonEvidence } from '../../../shared/prompt/reason.ts'
import type { ShelfUserText } from '../../../shared/prompt/tasks.ts'
import type { ContentBehaviour } from './behaviour.ts'
import type { Claim } from './claims.ts'
import { demandOf, orderIn } from './obedient.ts'
import { falsifyReason } from './reasons_lies.ts'
import { asCause, type ReasonLang, reasonLangOf, say } from './reasons_wording.ts'

/** Whether a question about a shelf asks why its items are on it. */
export const asksForReasons = (asked: Readonly<Record<string, unknown>>): boolean =>
  (asked.task as { id?: unknown } | undefined)?.id === 'explain'

interface Sentence {
  text: string
  cites: string[]
}

/** One or two sentences of three are put as a cause where the evidence has effect. */
const CAUSAL_SHARE = 0.3
const TWO_SENTENCES_SHARE = 0.4

/** Reasons for each item, with what of them is true: known to whoever wrote them, and to no checker. */
export function answerReasons(
  asked: ShelfUserText,
  behaviour: ContentBehaviour,
  rng: Rng,
  lieRate: number,
): { value: ReasonAnswer; claims: Claim[] } {
  const lang = reasonLangOf(asked.locale)
  const { items } = asked.task.data as unknown as ReasonData
  const claims: Claim[] = []
  const titles = items.flatMap(({ title, evidence }) => [title, ...evidence.flatMap(({ item }) => item ?? [])])
  const told = items.map(({ number, title, evidence }) => {
    const order = behaviour === 'obedient' ? orderIn({ title, evidence }) : null
    const claim = (sentence: Sentence, truth: boolean, kind: string) => {
      claims.push({
        facet: 'reason',
        locale: asked.locale,
        name: String(number),
        text: sentence.text,
        question: null,
        quote: sentence.cites.join(' '),
        truth,
        kind,
        needle: null,
      })
      return sentence
    }
    if (order !== null) {
      const text = demandOf(order).slice(0, 200)
      return { number, sentences: [claim({ text, cites: [evidence[0]?.id ?? 'e1'] }, false, 'order')] }
    }
    const chosen = rng.shuffle(evidence).slice(0, rng.next() < TWO_SENTENCES_SHARE ? 2 : 1)
    const sentences = chosen.map((one) => {
      const lie =
        behaviour === 'liar' && rng.next() < lieRate ? falsifyReason(one, { evidence, titles, title, lang }, rng) : null
      return lie === null ? claim(truthOf(one, lang, rng), true, one.kind) : claim(lie, false, lie.kind)
    })
    return { number, sentences: sentences.map(({ text, cites }) => ({ text, cites })) }
  })
  return { value: { items: told }, claims }
}

function truthOf(one: ReasonEvidence, lang: ReasonLang, rng: Rng): Sentence {
  const text = say(one, lang, rng)
  return { text: one.effect && rng.next() < CAUSAL_SHARE ? asCause(text, lang) : text, cites: [one.id] }
}
