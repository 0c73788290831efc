import { SECOND_MS } from '../../../base/clock.ts'

/** How far a signed timestamp may be from our clock, either way (Standard Webhooks' reference libraries). */
export const TOLERANCE_MS = 300 * SECOND_MS

/**
 * Whether a timestamp is whole Unix seconds, spelled the one way there is, and recent. Number() and parseInt() take
 * `1e9`, ` 1 ` or `123abc` too: every further spelling is a way to say something other than what was signed.
 */
export function isRecent(timestamp: string, nowMs: number): boolean {
  if (!/^[1-9][0-9]{0,11}$/.test(timestamp)) return false
  return Math.abs(Number(timestamp) * SECOND_MS - nowMs) <= TOLERANCE_MS
}
