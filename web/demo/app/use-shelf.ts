import { useEffect, useState } from 'hono/jsx/dom'
import { ApiProblem, type RecommendationResponse, type ShelfAsk } from '../../client/client.ts'
import { useShop } from './context.ts'
import { sessionId } from './shopper.ts'

export interface ShelfState {
  answer: RecommendationResponse | null
  /** What events name. A trace asked for later is an answer of its own, but the shopper still sees the same shelf. */
  shelfId: string | null
  problem: ApiProblem | null
  loading: boolean
  retry(): void
}

interface Kept {
  answer: RecommendationResponse | null
  problem: ApiProblem | null
  loading: boolean
  shelfId: string | null
  /** The request of `answer`, however much it was to explain. */
  asked: string
}

const idsOf = (answer: RecommendationResponse | null) => answer?.items.map((item) => item.id).join(' ')

const EMPTY: Kept = { answer: null, problem: null, loading: true, shelfId: null, asked: '' }

/** A shelf for the page's shopper; asked anew when the request changes. The old answer stays until the new one is there. */
export function useShelf(ask: ShelfAsk): ShelfState {
  const { client, market, shopper } = useShop()
  const [state, setState] = useState<Kept>(EMPTY)
  const [tries, setTries] = useState(0)
  const request: ShelfAsk = {
    ...ask,
    market: market.market,
    locale: market.locale,
    session_id: sessionId(),
    anonymous_id: shopper.anonymousId,
    ...(shopper.userId !== null && { user_id: shopper.userId }),
  }
  const wanted = JSON.stringify(request)
  const asked = JSON.stringify({ ...request, explain: undefined })
  useEffect(() => {
    const control = new AbortController()
    setState((before) => ({ ...before, loading: true, problem: null }))
    client.recommend(JSON.parse(wanted) as ShelfAsk, { signal: control.signal }).then(
      (answer) =>
        setState((before) => {
          const same = before.asked === asked && idsOf(before.answer) === idsOf(answer)
          const shelfId = same ? before.shelfId : answer.recommendation_id
          return { answer, problem: null, loading: false, shelfId, asked }
        }),
      (error: unknown) => {
        if (control.signal.aborted) return
        const problem = error instanceof ApiProblem ? error : new ApiProblem('network', 0, String(error))
        setState({ ...EMPTY, problem, loading: false })
      },
    )
    return () => control.abort()
  }, [wanted, client, tries])
  const { answer, problem, loading, shelfId } = state
  return { answer, problem, loading, shelfId, retry: () => setTries((n) => n + 1) }
}
