import type { LinearOrder, Ranker, RankerReport } from '../../domain/ranker.ts'
import { DEFAULT_ORDERS } from '../../rank/defaults.ts'
import type { LearnInput } from '../learner.ts'
import { breathing, OBJECTS, type RunContext, type Step, units } from '../step.ts'
import { type FittedOrder, fitOrder } from './fit_order.ts'
import type { TaskList } from './lists.ts'
import { LISTS_MAX, readLists } from './lists_step.ts'
import { LEARNED_PURPOSES } from './tasks.ts'

/** Orders that are fitted, a unit each. */
const FITS = [...[...LEARNED_PURPOSES].reverse(), 'generic'] as const
const nameOf = (order: (typeof FITS)[number]) => `ranker_${order}`
/** States that `fitStep` leaves. */
export const FITTED = FITS.map(nameOf)

/** Fits an order for each purpose, and one for where nothing says what a shelf is for. */
export const fitStep: Step = {
  name: 'ranker.fit',
  async open(run: RunContext) {
    return units(FITS.length, async (index) => {
      const order = FITS[index]!
      const lists = await listsFor(order, run)
      const fitted = await breathing(fitOrder(lists, DEFAULT_ORDERS[order]), run.breathe)
      await run.folder.put(OBJECTS.state(nameOf(order)), new TextEncoder().encode(JSON.stringify(fitted)))
    })
  },
}

async function listsFor(order: (typeof FITS)[number], run: RunContext): Promise<TaskList[]> {
  if (order !== 'generic') return readLists(run, order, LISTS_MAX)
  // Where nothing says what a shelf is for it may have a page, a cart or neither.
  const half = LISTS_MAX / 2
  return [...(await readLists(run, 'home', half)), ...(await readLists(run, 'product', half))]
}

/** All orders that are worth having, and what is told of each. */
export function fittedOrders(input: Pick<LearnInput, 'state'>) {
  const orders: Partial<Record<keyof Ranker['orders'], LinearOrder>> = {}
  const report: RankerReport = {}
  for (const order of FITS) {
    const fitted = JSON.parse(new TextDecoder().decode(input.state(nameOf(order)))) as FittedOrder
    report[order] = fitted.report
    if (fitted.order !== null) orders[order] = fitted.order
  }
  return { orders, report }
}
