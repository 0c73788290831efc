import { useId, useState } from 'hono/jsx/dom'
import type { ShelfItem } from '../../../shared/domain/recommendation.ts'
import { useShop } from '../app/context.ts'

/** Why an item is here, and on request the records that the sentence rests on. */
export function Reason({ reason }: { reason: NonNullable<ShelfItem['reason']> }) {
  const { say, byId } = useShop()
  const [open, setOpen] = useState(false)
  const id = useId()
  // The last sign and the button stay on one line.
  const signs = [...reason.text]
  const last = signs.pop()
  return (
    <div class="reason">
      <p>
        {signs.join('')}
        <span class="tail">
          {last}{' '}
          <button
            type="button"
            class="info"
            aria-expanded={open ? 'true' : 'false'}
            aria-controls={open ? id : null}
            aria-label={say('why')}
            onClick={() => setOpen(!open)}
          >
            i
          </button>
        </span>
      </p>
      {open ? (
        <ul id={id} class="evidence" aria-label={say('evidence')}>
          {reason.evidence.map(({ id: record, kind, count, attribute, value, item_id, market, since }) => (
            <li key={record}>
              <strong>{say(kind)}</strong>
              {[
                ...(count === undefined
                  ? []
                  : [kind === 'similar' ? `${say('similarTo')} ${count.toFixed(2)}` : `× ${count}`]),
                ...(attribute === undefined ? [] : [`${attribute.replaceAll('_', ' ')}: ${value ?? ''}`]),
                ...(attribute === undefined && value !== undefined ? [`“${value}”`] : []),
                ...[item_id && (byId.get(item_id)?.title ?? item_id), market, since?.slice(0, 10)].filter(
                  (part) => part !== undefined,
                ),
              ].map((part) => (
                <span key={part}>{part}</span>
              ))}
              <code>{record}</code>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}
