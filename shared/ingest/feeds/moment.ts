const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2}|[+-]\d{2})?$/i
const SLASHED = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/
/** Seconds up to here, milliseconds from here: 1973 in one, 5138 in the other. */
const SECONDS_BELOW = 100_000_000_000

/**
 * A moment as feeds and shop systems write it, in milliseconds; null when it is none. Without a zone it is UTC.
 * ISO 8601 with a blank for the `T`, seconds or milliseconds since 1970, and `3/4/2025 8:26`, which is only taken when
 * the order of day and month is told or only one is possible.
 */
export function parseMoment(text: string, dateOrder: 'dmy' | 'mdy' | null = null): number | null {
  const trimmed = text.trim()
  if (/^\d{9,13}(?:\.0)?$/.test(trimmed)) {
    const number = Number(trimmed)
    return number < SECONDS_BELOW ? number * 1_000 : number
  }
  const iso = ISO.exec(trimmed)
  if (iso) {
    const [, year, month, day, hour, minute, second, fraction, zone] = iso
    const ms = fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1_000)
    return utc([year, month, day, hour, minute, second], ms - zoneMs(zone))
  }
  const slashed = SLASHED.exec(trimmed)
  if (!slashed) return null
  const [, first, second, year, hour, minute, seconds] = slashed
  const order = dateOrder ?? (Number(first) > 12 ? 'dmy' : Number(second) > 12 ? 'mdy' : null)
  if (order === null) return null
  const [day, month] = order === 'dmy' ? [first, second] : [second, first]
  return utc([year, month, day, hour, minute, seconds], 0)
}

/** Whether a text is a date whose day and month could be exchanged. */
export const isAmbiguousDate = (text: string): boolean => SLASHED.test(text.trim())

function zoneMs(zone: string | undefined): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '')
  if (!match) return 0
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0)
  return (match[1] === '-' ? -minutes : minutes) * 60_000
}

/** Refuses the 31st of February, which Date.UTC would move on. */
function utc(parts: ReadonlyArray<string | undefined>, addMs: number): number | null {
  const [year, month, day, hour, minute, second] = parts.map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const ms = Date.UTC(year, month - 1, day, hour, minute, second)
  const back = new Date(ms)
  const isSame = back.getUTCMonth() === month - 1 && back.getUTCDate() === day && back.getUTCHours() === hour
  return isSame && minute < 60 && second < 61 ? ms + addMs : null
}
