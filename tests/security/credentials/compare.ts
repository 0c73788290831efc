/** Asks a door everything that the policy speaks of, and says where the two part. */
import type { Answer, Door } from './door.ts'
import { SHOWINGS, type Showing } from './keys.ts'
import { COLUMNS, type Column, type Outcome, type Policy, wordsOf } from './policy_table.ts'
import { sampleOf, tellsOfA } from './samples.ts'

/** One request of the table, and how it was answered. */
export interface Asked {
  route: string
  column: Column
  showing: Showing
  answer: Answer
}

/** Every showing of these columns at every route, one after the other. */
export async function askAll(
  door: Door,
  routes: Iterable<string>,
  columns: readonly Column[] = COLUMNS,
): Promise<Asked[]> {
  const asked: Asked[] = []
  for (const route of routes) {
    const sample = sampleOf(route)
    for (const column of columns) {
      for (const showing of SHOWINGS[column])
        asked.push({ route, column, showing, answer: await door.ask({ ...sample, ...showing }) })
    }
  }
  return asked
}

/** Who may be told of what A keeps, and change it. */
const OF_A: ReadonlySet<Column> = new Set<Column>(['pk', '?pk', 'sk', 'admin'])

/** What an answer has that it must not have, beside what its status says. */
function faultsOf({ column, answer }: Asked): string[] {
  const refused = answer.status >= 400
  const tells = tellsOfA(answer.text)
  return [
    ...(refused && answer.traces > 0 ? [`refused and left ${answer.traces} traces`] : []),
    ...(tells && (refused || !OF_A.has(column)) ? ['tells of what is A’s'] : []),
    ...(answer.changedA && !OF_A.has(column) ? ['changed what is A’s'] : []),
  ]
}

/** Each difference in a line; none when the door does as the policy says. */
export function differences(asked: readonly Asked[], policy: Policy): string[] {
  return asked.flatMap((one) => {
    const { route, column, showing, answer } = one
    const due: Outcome | undefined = policy.get(route)?.[column]
    const isDue = due !== undefined && answer.status === due.status && answer.code === due.code
    const faults = [
      ...(isDue ? [] : [`${wordsOf(answer)}, not ${due === undefined ? 'in the policy' : wordsOf(due)}`]),
      ...faultsOf(one),
    ]
    return faults.map((fault) => `${route} | ${column}, ${showing.label}: ${fault}`)
  })
}

/** Whether browsers may read an answer: below this path, whoever asks; elsewhere nobody. */
export const isForBrowsers = (path: string): boolean => path.startsWith('/v1/')

/** What is wrong with the headers of an answer, by the Fetch standard and RFC 9457. */
export function headerFaults({ route, column, showing, answer }: Asked): string[] {
  const { headers, status } = answer
  const due = showing.headers.origin !== undefined && isForBrowsers(route.split(' ')[1]!) ? '*' : null
  const origin = headers.get('access-control-allow-origin')
  const faults = [
    ...(headers.has('access-control-allow-credentials') ? ['allows credentials'] : []),
    ...(origin === due ? [] : [`allows the origin ${origin}, not ${due}`]),
    ...(status >= 400 && answer.code === null ? ['is a refusal and no problem document'] : []),
    ...(status >= 400 && headers.get('cache-control') !== 'no-store' ? ['is a refusal that may be kept'] : []),
  ]
  return faults.map((fault) => `${route} | ${column}, ${showing.label}: ${fault}`)
}
