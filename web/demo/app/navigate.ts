import { useEffect, useState } from 'hono/jsx/dom'
import { parseRoute, type Route } from './route.ts'

const MOVED = 'shelfwise:moved'

export function navigate(to: string): void {
  if (to === location.pathname + location.search) return
  history.pushState(null, '', to)
  dispatchEvent(new Event(MOVED))
  scrollTo({ top: 0, behavior: 'instant' })
  document.getElementById('content')?.focus({ preventScroll: true })
}

/** A click on a link that this page can follow itself; all others stay the browser's. */
export function followed(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return
  const link = (event.target as Element).closest?.('a')
  if (
    !link ||
    link.origin !== location.origin ||
    link.target ||
    parseRoute(link.pathname, link.search).page === 'missing'
  )
    return
  event.preventDefault()
  navigate(link.pathname + link.search)
}

export function useRoute(): Route {
  const [address, setAddress] = useState(location.pathname + location.search)
  useEffect(() => {
    const moved = () => setAddress(location.pathname + location.search)
    addEventListener(MOVED, moved)
    addEventListener('popstate', moved)
    return () => {
      removeEventListener(MOVED, moved)
      removeEventListener('popstate', moved)
    }
  }, [])
  const [pathname, search] = address.split(/(?=\?)/)
  return parseRoute(pathname!, search)
}
