import { usage } from '../failure.ts'
import type { Survey } from './survey.ts'

/** The one offset, in milliseconds, that brings the newest event to the wanted moment. */
export function shiftOffset(to: string, survey: Survey, nowMs: number): number {
  const target = to === 'now' ? nowMs : Date.parse(to)
  if (Number.isNaN(target)) throw usage(`--shift-to takes "now" or a moment such as 2026-11-20T12:00:00Z, not "${to}"`)
  const newest = survey.newestEventMs ?? survey.newestItemMs
  return newest === null ? 0 : target - newest
}

/** The line with its moments moved; what is not a moment stays, for the service to judge. */
export function shifted(value: Record<string, unknown>, offsetMs: number): Record<string, unknown> {
  if (offsetMs === 0) return value
  const moved = { ...value }
  for (const field of ['created_at', 'occurred_at']) {
    const text = moved[field]
    const ms = typeof text === 'string' ? Date.parse(text) + offsetMs : Number.NaN
    const at = new Date(ms)
    if (!Number.isNaN(at.getTime())) moved[field] = at.toISOString()
  }
  return moved
}
