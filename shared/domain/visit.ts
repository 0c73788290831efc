import { MINUTE_MS } from '../base/clock.ts'

/** A longer pause of a shopper begins another visit (the session of web analytics), for learning and for shelves. */
export const VISIT_GAP_MS = 30 * MINUTE_MS

/** Whether two events of a shopper, one after the other, lie in different visits. @param earlierMs not after `laterMs` */
export const isAnotherVisit = (earlierMs: number, laterMs: number): boolean => laterMs - earlierMs > VISIT_GAP_MS
