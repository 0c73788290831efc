import { useEffect, useState } from 'hono/jsx/dom'
import { ApiProblem, type RecommendationResponse, type ShelfAsk } from '../../client/client.ts'
import { useShop } from './context.ts'
import { sessionId } from './shopper.ts'

export interface ShelfState {
  answer: RecommendationResponse | null
  problem: ApiProblem | null
  loading: boolean
  retry(): void
}

/** A shelf for the page's shopper; asked anew when the request changes. The old answer stays until the new one is there. */
export function useShelf(ask: ShelfAsk): ShelfState {
  const { client, market, shopper } = useShop()
  const [state, setState] = useState<Omit<ShelfState, 'retry'>>({ answer: null, problem: null, loading: true })
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
  useEffect(() => {
    const control = new AbortController()
    setState((before) => ({ ...before, loading: true, problem: null }))
    client.recommend(JSON.parse(wanted) as ShelfAsk, { signal: control.signal }).then(
      (answer) => setState({ answer, problem: null, loading: false }),
      (error: unknown) => {
        if (control.signal.aborted) return
        const problem = error instanceof ApiProblem ? error : new ApiProblem('network', 0, String(error))
        setState({ answer: null, problem, loading: false })
      },
    )
    return () => control.abort()
  }, [wanted, client, tries])
  return { ...state, retry: () => setTries((n) => n + 1) }
}
