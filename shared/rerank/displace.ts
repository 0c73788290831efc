/**
 * The order nearest to a wanted one in which nobody moves too far: |final place - base place| <= the item's limit, and
 * pinned items stand where they stood. Nearest from the top: at each place in turn the best wanted item that leaves a
 * feasible order for the rest, because the first places are looked at most (of all feasible orders the first one, compared
 * place by place by how wanted each item is).
 *
 * There always is one. An item is a job of one place with a window [base - limit, base + limit]; the base order keeps
 * every window. Earliest-deadline-first finds an order whenever there is one (unit jobs with whole windows; Horn, Naval
 * Research Logistics Quarterly 21, 1974): were another item at a place in some feasible order, it could change places
 * with the released one of earliest deadline, since its own deadline is later still. So if what remains is feasible from
 * a place on, at least one item can stand there with the remainder feasible, and the search below, which asks exactly
 * that, never runs dry.
 *
 * @param n items; base places are 0 .. n - 1
 * @param wanted base places, the best first; what it leaves out follows in base order, what it says twice counts once
 * @param limitOf how many places the item of a base place may move; below 1 it stays
 * @param fixed base places of pinned items
 * @returns base places in final order
 */
export function displace(
  n: number,
  wanted: readonly number[],
  limitOf: (base: number) => number,
  fixed: ReadonlySet<number>,
): number[] {
  const windows = Array.from({ length: n }, (_, base) => {
    const limit = fixed.has(base) ? 0 : Math.max(0, Math.floor(limitOf(base)) || 0)
    return { base, release: base - limit, deadline: base + limit }
  })
  const left = wishes(n, wanted).map((base) => windows[base]!)
  const urgent = windows.toSorted((a, b) => a.deadline - b.deadline || a.base - b.base)
  const placed = new Uint8Array(n)
  const final: number[] = []
  const canStand = (one: Window, place: number): boolean => {
    if (one.release > place) return false
    placed[one.base] = 1
    const fits = leavesRoom(place + 1, urgent, placed)
    if (!fits) placed[one.base] = 0
    return fits
  }
  for (let place = 0; place < n; place++) {
    const at = left.findIndex((one) => canStand(one, place))
    final.push(left.splice(at, 1)[0]!.base)
  }
  return final
}

interface Window {
  base: number
  release: number
  deadline: number
}

/** Whether all that are not placed can still stand in their windows, from a place on: earliest deadline first. */
function leavesRoom(from: number, urgent: readonly Window[], placed: Uint8Array): boolean {
  const taken = placed.slice()
  let first = 0
  for (let place = from; place < urgent.length; place++) {
    while (taken[urgent[first]!.base] === 1) first++
    let at = first
    while (at < urgent.length && (taken[urgent[at]!.base] === 1 || urgent[at]!.release > place)) at++
    const next = urgent[at]
    if (next === undefined || next.deadline < place) return false
    taken[next.base] = 1
  }
  return true
}

function wishes(n: number, wanted: readonly number[]): number[] {
  const known = new Set(wanted.filter((base) => Number.isInteger(base) && base >= 0 && base < n))
  for (let base = 0; base < n; base++) known.add(base)
  return [...known]
}
