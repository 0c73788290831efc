/** The same suite with the answers fetched from the scripted provider over HTTP, as a client of its own would. */
import { hash64 } from '../../shared/base/hash.ts'
import { type Answer, FACETS } from '../../shared/domain/enrichment.ts'
import { factsOf } from '../../shared/enrich/understand/facts.ts'
import { askItem } from '../../shared/prompt/item_prompt.ts'
import { startScriptedProvider } from '../../workers/local/openai/server.ts'
import { askScripted } from '../support/ask_scripted.ts'
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
      const asked = askItem(facts, context, FACETS)
      const answer = JSON.parse(await askScripted(provider.url, asked)) as Answer
      tally(
        into,
        item,
        provider.claims.get(hash64(`${asked.system}\n${asked.user}`)) ?? [],
        check(answer, facts, context),
      )
    }
  } finally {
    await provider.stop()
  }
  return into
}
