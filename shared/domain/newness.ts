import { DAY_MS } from '../base/clock.ts'

/** Items this young are new. */
export const NEW_FOR_MS = 30 * DAY_MS
/** When more of the shop than this is new it was just loaded, and nothing stands out by being new. */
export const NEW_SHARE_MAX = 0.2

/** The newest has score 1, down to 0 at the end of the window. */
export const newScore = (ageMs: number): number => Math.round((1 - ageMs / NEW_FOR_MS) * 1e4) / 1e4
