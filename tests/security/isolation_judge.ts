/** Whose business is under way, and what of another shop's was met in it. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { isOne, type Mask, maskIn, namesIn } from './isolation_marks.ts'

export interface Finding {
  where: string
  /** What should not have been there, and where it was. */
  what: string
  text: string
}

export interface Judge {
  findings: Finding[]
  /** Values looked at, by where they were met. */
  looked: Record<string, number>
  /** Does a shop's business: everything that is met within is that shop's, or a finding. */
  as<T>(mask: Mask, work: () => Promise<T>): Promise<T>
  /** Whose business is under way; 0: nobody's or everybody's. */
  doing(): Mask
  /** While requests of several shops are under way at once, a call of a database may carry statements of each. */
  crowded: boolean
  /** What a shop itself named of another's: it is told its own words, and they stand in what is kept of its requests. */
  says(mask: Mask, words: readonly string[]): void
  /** A value that may hold marks of these shops alone. */
  holds(where: string, value: unknown, allowed: Mask): void
  /** A value that belongs to one shop: to whom business is under way, else to whom it names, else to any one. */
  ones(where: string, value: unknown, named?: Mask): void
  found(where: string, what: string, text: string): void
}

const FINDINGS_MAX = 200
const EXCERPT_CHARS = 300

/** The first place in a value that holds marks of these shops, and what stands there. */
function excerpt(value: unknown, foreign: Mask, path = ''): string {
  if (value !== null && typeof value === 'object' && !ArrayBuffer.isView(value)) {
    const entries = value instanceof Map ? [...value] : Object.entries(value)
    for (const [key, one] of entries) {
      if ((maskIn(one) & foreign) !== 0) return excerpt(one, foreign, `${path}/${String(key)}`)
      if ((maskIn(key) & foreign) !== 0) return `${path}: ${String(key)}`
    }
  }
  const text = String(value)
  // The least part that still holds it: halves are cut off as long as one of them does.
  let [from, to] = [0, text.length]
  while (to - from > EXCERPT_CHARS) {
    const step = Math.floor((to - from) / 3)
    if ((maskIn(text.slice(from, to - step)) & foreign) !== 0) to -= step
    else if ((maskIn(text.slice(from + step, to)) & foreign) !== 0) from += step
    else break
  }
  return `${path}: ${text.slice(from, to)}`
}

export function createJudge(): Judge {
  const business = new AsyncLocalStorage<Mask>()
  const said: Array<{ mask: Mask; word: string }> = []
  const judge: Judge = {
    findings: [],
    looked: {},
    as: (mask, work) => business.run(mask, work),
    doing: () => business.getStore() ?? 0,
    crowded: false,
    says: (mask, words) => void said.push(...words.map((word) => ({ mask, word }))),
    holds(where, value, allowed) {
      judge.looked[where] = (judge.looked[where] ?? 0) + 1
      const foreign = maskIn(value) & ~allowed
      if (foreign === 0) return
      const own = said.filter(({ mask }) => (mask & allowed) !== 0).map(({ word }) => word)
      const rest = without(value, own)
      const still = rest === null ? foreign : maskIn(rest) & ~allowed
      if (still === 0) return
      const what = `${namesIn(still)} where ${namesIn(allowed) || 'nobody'} may be`
      judge.found(where, what, excerpt(rest ?? value, still))
    },
    ones(where, value, named = 0) {
      const owner = judge.doing() || named
      if (owner !== 0) return judge.holds(where, value, owner)
      const mask = maskIn(value)
      judge.holds(where, value, mask === 0 || isOne(mask) ? mask : 0)
    },
    found(where, what, text) {
      if (judge.findings.length < FINDINGS_MAX) judge.findings.push({ where, what, text: text.slice(0, 600) })
    },
  }
  return judge
}

/** A value as text without words, the longest first; null where there are none. */
function without(value: unknown, said: readonly string[]): string | null {
  if (said.length === 0) return null
  let text = typeof value === 'string' ? value : JSON.stringify(value)
  for (const own of said.toSorted((a, b) => b.length - a.length)) text = text.replaceAll(own, '')
  return text
}
