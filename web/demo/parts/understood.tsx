import { useEffect, useState } from 'hono/jsx/dom'
import type { ItemDetails } from '../../client/client.ts'
import { useShop } from '../app/context.ts'

type Known = NonNullable<ItemDetails['understanding']>

/** What was understood of the item's text. A page without it is whole: nothing is shown while it is missing. */
export function Understood({ id }: { id: string }) {
  const { client, market, say } = useShop()
  const [known, setKnown] = useState<Known | null>(null)
  useEffect(() => {
    const control = new AbortController()
    setKnown(null)
    client.item(id, { market: market.market, locale: market.locale }, { signal: control.signal }).then(
      (details) => setKnown(details?.understanding ?? null),
      () => {},
    )
    return () => control.abort()
  }, [id, client, market.market])
  if (known === null || isEmpty(known)) return null
  return (
    <section class="understood" aria-label={say('inShort')} title={say('checked')}>
      {known.selling_points.length > 0 ? (
        <ul>
          {known.selling_points.map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
      ) : null}
      <Phrases name={say('goodFor')} all={known.use_cases} />
      <Phrases name={say('madeFor')} all={known.audience} />
      {known.questions.length > 0 ? (
        <details>
          <summary>{say('askedOften')}</summary>
          <dl>
            {known.questions.map(({ question, answer }) => (
              <div key={question}>
                <dt>{question}</dt>
                <dd>{answer}</dd>
              </div>
            ))}
          </dl>
        </details>
      ) : null}
    </section>
  )
}

const isEmpty = (known: Known) =>
  known.selling_points.length + known.use_cases.length + known.audience.length + known.questions.length === 0

function Phrases({ name, all }: { name: string; all: readonly string[] }) {
  if (all.length === 0) return null
  return (
    <p>
      <b>{name}</b> {all.join(' · ')}
    </p>
  )
}
