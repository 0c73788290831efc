/** Forgets the victim, lets a minute and a second go by, and says what is left. */
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../shared/base/clock.ts'
import { FORGOTTEN_KEPT_MS, forgottenKey } from '../../../shared/domain/forgotten.ts'
import { QUEUES } from '../../../workers/enrich/queues.ts'
import { linesOfOthers, partings } from './bystanders.ts'
import { namesOf, type Trace, type Victim } from './canaries.ts'
import type { City, Visit } from './city.ts'
import { catchUp, comeLate, IMPRESSIONS, SHOP } from './plant.ts'
import { filesOf, placesOf, type Sighting, sightings } from './search.ts'

/** What is promised. */
export const WITHIN_MS = 61 * SECOND_MS

export interface Outcome {
  /** Milliseconds of the clock from the request to the search. */
  tookMs: number
  places: number
  bytes: number
  left: Sighting[]
  receipt: { state: string; removed: Record<string, number> }
}

const pathOf = (victim: Victim) => `/v1/users/${encodeURIComponent(victim.user)}`
const alsoOf = (victim: Victim) => ({
  user_ids: [victim.customer],
  anonymous_ids: [...[victim.anonymous, `order:shopify:${victim.guestOrder}`], `order:shopify:${victim.guestOrder}9`],
  session_ids: [victim.session],
  emails: [victim.email],
})

/** @returns the receipt's name */
export async function askToForget({ stage }: Pick<Visit, 'stage'>, victim: Victim): Promise<string> {
  return (await stage.ask(SHOP, 'DELETE', pathOf(victim), alsoOf(victim))).erasure as string
}

export const receiptOf = ({ stage }: Pick<Visit, 'stage'>, erasure: string) =>
  stage.ask(SHOP, 'GET', `/v1/erasures/${erasure}`) as Promise<unknown> as Promise<Outcome['receipt']>

/** All that is stored now, looked through. */
export function look({ platform, time }: Visit, traces: readonly Trace[]): Pick<Outcome, 'places' | 'bytes' | 'left'> {
  const places = [...placesOf(platform, time.lines), ...filesOf(platform)]
  return {
    places: places.length,
    bytes: places.reduce((sum, { bytes }) => sum + bytes.length, 0),
    left: sightings(places, traces),
  }
}

/** @param signal false: the word to the eraser is lost, and the cron finds the request */
export async function forget(city: City, visit: Visit, signal: boolean): Promise<Outcome> {
  const { stage, platform, time } = visit
  const { victim } = city
  const askedAtMs = time.now()
  const erasure = await askToForget(visit, victim)
  // Between the asking and the forgetting, and after it.
  await comeLate(stage, SHOP, victim, askedAtMs - MINUTE_MS, time.now())
  if (signal) await stage.deliverQueues([IMPRESSIONS])
  else for (const { id } of platform.waiting(QUEUES.events)) platform.take(QUEUES.events, id)
  time.set(Math.max(time.now(), askedAtMs + MINUTE_MS))
  await stage.cron('work')
  await comeLate(stage, SHOP, victim, askedAtMs - MINUTE_MS, time.now())
  await stage.deliverQueues()
  const tookMs = time.now() - askedAtMs
  time.set(Math.max(time.now(), askedAtMs + WITHIN_MS))
  const receipt = await receiptOf(visit, erasure)
  return { tookMs, receipt, ...look(visit, city.traces) }
}

/** What is stored of everybody else, some time later. */
export async function othersLater({ stage, platform, time }: Visit, city: City): Promise<string[]> {
  await catchUp(stage, time, 14)
  const gone = [...namesOf(city.victim), ...city.emailNames]
  const marks = Object.values(city.victim).map((text) => text.split(' ')[0]!)
  return linesOfOthers(platform, gone).filter((line) => !marks.some((mark) => line.includes(mark)))
}

/** The same city without the erasure. */
export const twinOf = (city: City): Promise<string[]> =>
  city.visit(async (visit) => {
    await visit.stage.deliverQueues()
    await visit.stage.cron('work')
    visit.time.advance(WITHIN_MS)
    return othersLater(visit, city)
  })

export const strayed = (own: readonly string[], twin: readonly string[]): string[] => partings(twin, own)

/** Where the victim is still known again, and whether that ends. */
export async function remembered(
  { stage, platform, time }: Visit,
  city: City,
): Promise<{ now: string[]; later: string[] }> {
  const keys = [...namesOf(city.victim), ...city.emailNames].map((name) => forgottenKey(SHOP, name))
  const traces = keys.map((key) => ({ what: key, form: 'key', bytes: Buffer.from(key) }))
  const places = () => [...new Set(sightings(placesOf(platform, time.lines), traces).map(({ where }) => where))].sort()
  const now = places()
  time.advance(FORGOTTEN_KEPT_MS + DAY_MS)
  await stage.cron('tidy')
  return { now, later: places() }
}

/** Whether the victim, who goes on to shop, is taken as somebody new. */
export async function comesBack({ stage, platform, time }: Visit, victim: Victim): Promise<boolean> {
  time.advance(10 * MINUTE_MS)
  await stage.ask(SHOP, 'POST', '/v1/events', { events: [{ type: 'view', item_id: 'new-life', user_id: victim.user }] })
  const sql = `SELECT events FROM recents WHERE shop = ?1 AND shopper = ?2`
  const [found] = platform.databases.live.execute([{ sql, params: [SHOP, `u:${victim.user}`] }])
  return found!.rows.length === 1 && String(found!.rows[0]![0]).split('[').length === 3
}
