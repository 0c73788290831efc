/** The same suite with the answers fetched from the scripted provider over HTTP, as a client of its own would. */
import { hash64 } from '../../shared/base/hash.ts'
import { type Answer, FACETS } from '../../shared/domain/enrichment.ts'
import { factsOf } from '../../shared/enrich/understand/facts.ts'
import { askItem } from '../../shared/prompt/item_prompt.ts'
import { startScriptedProvider } from '../../workers/local/openai/server.ts'
import type { Checker } from './checkers.ts'
import { type QualityItem, vocabularyOf } from './items.ts'
import { newTally, type Tally, tally } from './judge.ts'
import { contextFor } from './lie_suite.ts'

export async function overHttp(
  items: readonly QualityItem[],
  seed: number,
  lieRate: number,
  check: Checker,
): Promise<Tally> {
  const provider = await startScriptedProvider({ seed, behaviour: { liar: 1 }, lieRate, pool: items })
  const vocabulary = vocabularyOf(items)
  const into = newTally()
  try {
    for (const item of items) {
      const { facts } = factsOf(item, 'en-GB')
      const context = contextFor(item, vocabulary)
      const { system, user, schemaName, schema } = askItem(facts, context, FACETS)
      const response = await fetch(`${provider.url}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          model: 'scripted-1',
          messages: [
            { role: 'system', content: system },
            { role: 'user', content: user },
          ],
          response_format: { type: 'json_schema', json_schema: { name: schemaName, strict: true, schema } },
        }),
      })
      const body = (await response.json()) as { choices: Array<{ message: { content: string } }> }
      if (!response.ok) throw new Error(`the provider refused the product's own question: ${JSON.stringify(body)}`)
      const answer = JSON.parse(body.choices[0]!.message.content) as Answer
      tally(into, item, provider.claims.get(hash64(`${system}\n${user}`)) ?? [], check(answer, facts, context))
    }
  } finally {
    await provider.stop()
  }
  return into
}
