/** Checkers that are broken on purpose: a suite that lets one of them pass proves nothing. */
import type { Answer, Checked, ItemFacts, Understanding, UnderstandingContext } from '../../shared/domain/enrichment.ts'

export type Checker = (answer: Answer, facts: ItemFacts, context: UnderstandingContext) => Checked

/** Serves whatever it is given. */
export const keepsEverything: Checker = (answer) => keeping(answer, () => true)

/** Serves whatever stands beside a passage of the facts, whatever it says. */
export const checksQuotesAlone: Checker = (answer, facts) => {
  const text = JSON.stringify(facts)
  return keeping(answer, (quote) => quote === null || text.includes(JSON.stringify(quote).slice(1, -1)))
}

/** Serves nothing: never wrong and of no use. */
export const dropsEverything: Checker = (answer) => keeping(answer, () => false)

function keeping(answer: Answer, supported: (quote: string | null) => boolean): Checked {
  const texts = (list: ReadonlyArray<{ text: string; quote: string }> | undefined) =>
    (list ?? []).filter((own) => supported(own.quote)).map((own) => own.text)
  const attributes: Record<string, string[]> = {}
  for (const own of answer.attributes ?? [])
    if (supported(own.quote)) attributes[own.name] = [...(attributes[own.name] ?? []), own.value]
  const understanding: Partial<Understanding> = {
    summary: Object.fromEntries(
      (answer.summary ?? []).filter((own) => own.quotes.every(supported)).map((own) => [own.locale, own.text]),
    ),
    selling_points: texts(answer.selling_points),
    attributes,
    use_cases: texts(answer.use_cases),
    audience: texts(answer.audience),
    questions: (answer.questions ?? [])
      .filter((own) => supported(own.quote))
      .map(({ question, answer: told }) => ({ question, answer: told })),
    queries: supported(null) ? [...(answer.queries ?? [])] : [],
  }
  return { understanding, kept: 0, dropped: [] }
}
