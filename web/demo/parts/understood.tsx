import { useEffect, useState } from 'hono/jsx/dom'
import type { ItemDetails } from '../../client/client.ts'
import type { Sold } from '../app/catalogue.ts'
import { useShop } from '../app/context.ts'

type Known = NonNullable<ItemDetails['understanding']>

/** What was understood of the item's text. A page without it is whole: nothing is shown while it is missing. */
export function Understood({ sold }: { sold: Sold }) {
  const { id } = sold.item
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
  if (known === null) return null
  const points = known.selling_points.filter((point) => saysMore(point, sold))
  if (points.length + known.use_cases.length + known.audience.length + known.questions.length === 0) return null
  return (
    <section class="understood" aria-label={say('inShort')} title={say('checked')}>
      {points.length > 0 ? (
        <ul>
          {points.map((point) => (
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

/** A point that only repeats what stands on the page already is no point here; feeds and mails use them all. */
function saysMore(point: string, { item, description }: Sold): boolean {
  const page = `${description} ${JSON.stringify(item.attributes ?? {})}`.toLowerCase().replaceAll('_', ' ')
  if (page.includes(point.toLowerCase())) return false
  const words = point.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  return words.some((word) => !page.includes(word))
}

function Phrases({ name, all }: { name: string; all: readonly string[] }) {
  if (all.length === 0) return null
  return (
    <p>
      <b>{name}</b> {all.join(' · ')}
    </p>
  )
}
