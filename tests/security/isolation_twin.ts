/**
 * A sequence as one shop sees it, told twice: once with the other shops going about their business, once without. Its answers
 * must be the same to the letter. That sees what marks cannot: a count, an order or a refusal that hangs on somebody else.
 */
import type { Answer } from './isolation_city.ts'
import type { Finding } from './isolation_judge.ts'
import { MARKS, type Which } from './isolation_marks.ts'
import type { Kind, Step } from './isolation_steps.ts'

/** What happens to all at once. */
const OF_ALL: ReadonlySet<Kind> = new Set<Kind>(['pump', 'work', 'tidy', 'pulse', 'wait', 'renew'])
/** What writes for several shops in one step, or is answered for all of them, as administrators are: in neither telling. */
const MIXED: ReadonlySet<Kind> = new Set<Kind>(['burst', 'poison', 'overview'])

export interface Twins {
  which: Which
  crowded: Step[]
  alone: Step[]
}

/** The two tellings for the shop that does most. */
export function twinsOf(steps: readonly Step[]): Twins {
  const told = steps.filter(({ kind }) => !MIXED.has(kind))
  const doneBy = (which: number) => told.filter((step) => step.which === which && !OF_ALL.has(step.kind)).length
  const which = ([0, 1, 2] as const).toSorted((a, b) => doneBy(b) - doneBy(a))[0]!
  const crowded = told.filter((step) => step.which !== which || step.kind !== 'foreign')
  return { which, crowded, alone: crowded.filter((step) => OF_ALL.has(step.kind) || step.which === which) }
}

export interface Observed {
  step: Step
  route: string
  answer: Answer
}

/** Numbers that all shops' rows share, pages that begin with one, and sealed cursors, which hold one that nobody can read. */
const COUNTED = /"(?:seq|cursor|next)":(?:\d+|"[^"]*")|"next_cursor":"v1\.[^"]*"/g
const plain = ({ route, answer }: Observed) => `${route} ${answer.status} ${answer.text.replace(COUNTED, '')}`

/** The first answer that is another one where others are about. */
export function difference({ which }: Twins, crowded: readonly Observed[], alone: readonly Observed[]): Finding | null {
  const [own, other] = [crowded, alone].map((list) => list.filter(({ step }) => step.which === which).map(plain))
  for (let at = 0; at < Math.max(own!.length, other!.length); at++) {
    const [one, two] = [own![at] ?? 'nothing', other![at] ?? 'nothing']
    if (one === two) continue
    let same = 0
    while (one[same] === two[same]) same += 1
    const from = Math.max(0, same - 120)
    const text = `${one.slice(0, 60)} ... ${one.slice(from, same + 120)} AND ALONE ... ${two.slice(from, same + 120)}`
    return { where: 'twins', what: `an answer to ${MARKS[which]} hangs on what others did`, text }
  }
  return null
}
