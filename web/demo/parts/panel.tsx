import { useEffect, useRef, useState } from 'hono/jsx/dom'
import type { RecommendationResponse } from '../../../shared/domain/recommendation.ts'
import { useShop } from '../app/context.ts'
import { formatMs } from '../app/money.ts'
import { Facts } from './facts.tsx'
import { Icon } from './icon.tsx'
import { ModelOrder } from './model-order.tsx'
import { TraceView } from './trace.tsx'

export interface Tuning {
  diversity?: number
  limit?: number
}

/** The most that the slider offers; a placement may show more. */
const MOST_ITEMS = 24
/** Sliders fire for every step; the API is asked once they rest this long. */
const REST_MS = 180

interface PanelProps {
  answer: RecommendationResponse
  tuning: Tuning
  busy: boolean
  tune(tuning: Tuning): void
  close(): void
}

/** How a shelf came to be, in a dialog at the side; a native dialog keeps focus and Escape right. */
export function Panel({ answer, tuning, busy, tune, close }: PanelProps) {
  const { say } = useShop()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
    return () => dialog.current?.close()
  }, [])
  const { served } = answer
  const facts: [string, string][] = [
    [say('servedIn'), formatMs(served.ms)],
    [say('strategy'), served.strategy],
    [say('degraded'), served.degraded.length ? served.degraded.join(', ') : say('nothing')],
    [say('cache'), served.cache === 'hit' ? say('hit') : say('notUsed')],
    [say('holdout'), say(served.holdout ? 'yes' : 'no')],
    [say('asOf'), served.availability_as_of ?? say('live')],
  ]
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the click is one on the backdrop; its key is Escape, which cancels
    <dialog
      ref={dialog}
      class="panel"
      aria-label={say('how')}
      onCancel={(event: Event) => {
        event.preventDefault()
        close()
      }}
      onClick={(event: MouseEvent) => event.target === dialog.current && close()}
    >
      <div class={busy ? 'inner busy' : 'inner'}>
        <header>
          <div>
            <p class="eyebrow">{say('how')}</p>
            <h2>{answer.title}</h2>
          </div>
          <button type="button" class="round" aria-label={say('close')} onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        <p class="rung">
          <b>{served.rung}</b>
          <span>{say(served.rung)}</span>
        </p>
        <div class="sliders">
          <Slider
            name={say('diversity')}
            value={tuning.diversity}
            min={0}
            max={1}
            step={0.05}
            set={(diversity) => tune({ ...tuning, diversity })}
          />
          <Slider
            name={say('limit')}
            value={tuning.limit ?? Math.max(1, answer.items.length)}
            min={1}
            max={Math.max(MOST_ITEMS, answer.items.length)}
            step={1}
            set={(limit) => tune({ ...tuning, limit })}
          />
        </div>
        <Facts facts={facts} />
        {served.llm ? <ModelOrder order={served.llm} /> : null}
        {answer.trace ? (
          <TraceView trace={answer.trace} shelf={answer} />
        ) : (
          <p class="note">{busy ? say('loading') : say('noTrace')}</p>
        )}
        <p class="note">
          <code>{answer.recommendation_id}</code>
        </p>
      </div>
    </dialog>
  )
}

interface SliderProps {
  name: string
  /** Undefined: as the placement is set, which the answer does not tell. */
  value: number | undefined
  min: number
  max: number
  step: number
  set(value: number): void
}

function Slider({ name, value, min, max, step, set }: SliderProps) {
  const { say, market } = useShop()
  const [shown, setShown] = useState(value)
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const moved = (event: Event) => {
    const next = Number((event.target as HTMLInputElement).value)
    setShown(next)
    if (timer.current !== null) clearTimeout(timer.current)
    timer.current = setTimeout(() => set(next), REST_MS)
  }
  return (
    <label>
      <span>
        {name} <output>{shown === undefined ? say('asSet') : shown.toLocaleString(market.locale)}</output>
      </span>
      <input
        type="range"
        class={shown === undefined ? 'unset' : ''}
        min={min}
        max={max}
        step={step}
        value={shown ?? (min + max) / 2}
        aria-valuetext={shown === undefined ? say('asSet') : null}
        onInput={moved}
      />
    </label>
  )
}
