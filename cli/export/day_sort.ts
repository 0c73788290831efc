type Event = Record<string, unknown>

/**
 * Puts events into one order, by moment and then by id, a day at a time: the service gives its daily partitions one
 * after the other, and before them what waits for its partition. Only a day and what waits are held.
 */
export interface DaySort {
  /** @returns events whose day is complete, in order */
  add(events: readonly Event[], waiting: boolean): Event[]
  rest(): Event[]
}

const dayOf = (event: Event): string => String(event.occurred_at).slice(0, 10)

export function createDaySort(): DaySort {
  /** By day and id: what waited and was put into its partition meanwhile comes twice, and counts once. */
  const days = new Map<string, Map<string, Event>>()
  let current = ''
  const flushBefore = (limit: string | null): Event[] => {
    const done = [...days.keys()].filter((day) => limit === null || day < limit).sort()
    return done.flatMap((day) => {
      const events = [...days.get(day)!.values()].sort(byMoment)
      days.delete(day)
      return events
    })
  }
  return {
    add(events, waiting) {
      for (const event of events) {
        const day = dayOf(event)
        const own = days.get(day) ?? new Map<string, Event>()
        days.set(day, own)
        own.set(String(event.event_id), event)
        if (!waiting && day > current) current = day
      }
      return waiting ? [] : flushBefore(current)
    },
    rest: () => flushBefore(null),
  }
}

function byMoment(a: Event, b: Event): number {
  const [left, right] = [a, b].map((event) => `${event.occurred_at}\0${event.event_id}`) as [string, string]
  return left < right ? -1 : left > right ? 1 : 0
}
