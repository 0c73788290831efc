import { useEffect, useId, useRef, useState } from 'hono/jsx/dom'
import type { ShelfAsk } from '../../client/client.ts'
import { useShop } from '../app/context.ts'
import { whenSeen } from '../app/seen.ts'
import { useShelf } from '../app/use-shelf.ts'
import { ShelfCard } from './card.tsx'
import { Icon } from './icon.tsx'
import { Panel, type Tuning } from './panel.tsx'

const SKELETONS = [1, 2, 3, 4, 5, 6]

/** A shelf from the API. It hides itself when it has nothing to show. */
export function Shelf({ ask }: { ask: ShelfAsk }) {
  const { say, track } = useShop()
  const [tuning, setTuning] = useState<Tuning>({})
  const [open, setOpen] = useState(false)
  // Once asked for, the trace stays: closing the panel asks nothing anew.
  const [traced, setTraced] = useState(false)
  const { answer, shelfId, problem, loading, retry } = useShelf({
    ...ask,
    ...tuning,
    ...(traced && { explain: 'trace' as const }),
  })
  const section = useRef<HTMLElement>(null)
  const row = useRef<HTMLUListElement>(null)
  const opener = useRef<HTMLButtonElement>(null)
  const heading = useId()
  const reported = useRef<string | null>(null)
  useEffect(() => {
    // Behind the open panel nobody sees the shelf.
    if (!answer || answer.items.length === 0 || !section.current) return
    if (shelfId === null || open || reported.current === shelfId) return
    const item_ids = answer.items.map((item) => item.id)
    return whenSeen(section.current, () => {
      reported.current = shelfId
      track([{ type: 'impression', recommendation_id: shelfId, item_ids }])
    })
  }, [shelfId, open])

  const scroll = (direction: number) => row.current?.scrollBy({ left: direction * row.current.clientWidth * 0.85 })
  const close = () => {
    setOpen(false)
    opener.current?.focus()
  }
  if (answer && answer.items.length === 0 && !open) return <div hidden />
  return (
    <section
      class="shelf"
      ref={section}
      aria-labelledby={problem ? null : heading}
      aria-busy={loading ? 'true' : 'false'}
    >
      {problem ? null : (
        <header>
          <h2 id={heading}>{answer ? answer.title : <span class="skeleton words" />}</h2>
          <div class="tools">
            <button
              type="button"
              class="how"
              ref={opener}
              aria-haspopup="dialog"
              disabled={!answer}
              onClick={() => {
                setTraced(true)
                setOpen(true)
              }}
            >
              <Icon name="how" />
              <span>{say('how')}</span>
            </button>
            <button type="button" class="round" aria-label={say('previous')} onClick={() => scroll(-1)}>
              <Icon name="left" />
            </button>
            <button type="button" class="round" aria-label={say('next')} onClick={() => scroll(1)}>
              <Icon name="right" />
            </button>
          </div>
        </header>
      )}
      {problem ? (
        <p class="problem" role="status">
          {problem.title}
          <button type="button" class="link" onClick={retry}>
            {say('retry')}
          </button>
        </p>
      ) : answer ? (
        <ul class="row" ref={row}>
          {answer.items.map((entry) => (
            <ShelfCard key={entry.id} entry={entry} shelfId={shelfId ?? answer.recommendation_id} />
          ))}
        </ul>
      ) : (
        <ul class="row" aria-label={say('loading')}>
          {SKELETONS.map((n) => (
            <li key={n} class="card">
              <span class="skeleton art" />
              <span class="skeleton words" />
              <span class="skeleton words short" />
            </li>
          ))}
        </ul>
      )}
      {open && answer ? <Panel answer={answer} tuning={tuning} busy={loading} tune={setTuning} close={close} /> : null}
    </section>
  )
}
