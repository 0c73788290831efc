/** A shelf counts as seen when half of it stood in the window for this long. */
const SEEN_MS = 1_000

/** Calls once, when at least half of the element (or half a window of it) has been visible for a second. Returns the end. */
export function whenSeen(element: Element, seen: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const observer = new IntersectionObserver(
    ([entry]) => {
      const { intersectionRect, boundingClientRect, rootBounds } = entry!
      const room = Math.min(boundingClientRect.height, rootBounds?.height ?? innerHeight)
      const visible = room > 0 && intersectionRect.height >= room / 2
      if (!visible) {
        clearTimeout(timer)
        timer = undefined
      } else if (timer === undefined) {
        timer = setTimeout(() => {
          observer.disconnect()
          seen()
        }, SEEN_MS)
      }
    },
    { threshold: [0, 0.25, 0.5, 0.75, 1] },
  )
  observer.observe(element)
  return () => {
    clearTimeout(timer)
    observer.disconnect()
  }
}
