import type { Unit } from '../read/source.ts'
import type { Token } from '../read/tokens.ts'
import type { Reason, Scope } from './scope.ts'
import { BY_WORD, contentOf } from './words.ts'

/** From so many words in common a claim is one statement of the source with words exchanged, not a summary of several. */
const SHARED_MIN = 4
const SHARED_SHARE = 0.6

/**
 * A claim that repeats one statement but for a word or two has them of that statement: "an antique twist" is not "a
 * modern twist", though the source says "vintage" elsewhere.
 */
export function checkNearCopy(scope: Scope): Reason | null {
  if (scope.off.has('words')) return null
  const bySentence = new Map<number, ReturnType<typeof contentOf>>()
  for (const one of contentOf(scope))
    bySentence.set(one.token.sentence, [...(bySentence.get(one.token.sentence) ?? []), one])
  for (const content of bySentence.values()) {
    if (content.length <= SHARED_MIN) continue
    let best: { unit: Unit; shared: number } | null = null
    for (const unit of scope.evidence) {
      const shared = content.filter(({ token }) => unit.reading.tokens.some((one) => one.stem === token.stem)).length
      if (shared > (best?.shared ?? 0)) best = { unit, shared }
    }
    if (best === null || best.shared < SHARED_MIN || best.shared / content.length < SHARED_SHARE) continue
    const { unit } = best
    // All of its words, in another order: one of them may stand in the place of another.
    if (best.shared === content.length && !isSubsequence(content, unit)) return 'words'
    for (const { token, polarity } of content) {
      const said = unit.reading.tokens.flatMap((one, i) => (one.stem === token.stem ? [unit.polarity[i]!] : []))
      if (said.length === 0) {
        if (!namesSame(scope, token, unit)) return 'words'
      } else if (!scope.off.has('negation') && !said.includes(polarity)) return 'negation'
    }
  }
  return null
}

/** The word's concept stands in that statement under another name. */
function namesSame({ claim, source }: Scope, token: Token, unit: Unit): boolean {
  // What the item is called may stand in any sentence about it.
  if (source.subject.has(token.stem)) return true
  const index = claim.reading.tokens.indexOf(token)
  return claim.mentions.some(
    (one) =>
      !BY_WORD.has(one.kind) &&
      one.from <= index &&
      index < one.to &&
      unit.mentions.some((other) => other.kind === one.kind && other.id === one.id),
  )
}

function isSubsequence(content: ReadonlyArray<{ token: Token }>, unit: Unit): boolean {
  let at = 0
  for (const one of unit.reading.tokens) if (one.stem === content[at]?.token.stem) at++
  return at === content.length
}
