import { setTimeout as pause } from 'node:timers/promises'
import { emailShopper } from '../../shared/ingest/feeds/email_shopper.ts'
import type { Client } from '../client.ts'
import { connect, type ServiceFlags } from '../connect.ts'
import { CliFailure, EXIT, usage } from '../failure.ts'
import { printJson, type Terminal } from '../terminal.ts'
import { plural } from '../text.ts'
import { type Receipt, receiptSchema, type UserPage, userPageSchema } from './answers.ts'

export interface NameFlags extends ServiceFlags {
  anonymous?: string[]
  session?: string[]
}
export interface EraseFlags extends NameFlags {
  email?: string[]
  salt?: string
  wait?: boolean
}

/** An erasure is looked at once a second, for two rounds of the eraser. */
const LOOKED_AT_EVERY_MS = 1_000
const LOOKED_AT_TIMES = 120

/** Writes everything that is held of a shopper to stdout, as one JSON value. */
export async function exportCommand(user: string, flags: NameFlags, terminal: Terminal): Promise<void> {
  const { client } = await connect(flags, terminal, ['sk'])
  const query = new URLSearchParams()
  for (const id of flags.anonymous ?? []) query.append('anonymous_id', id)
  for (const id of flags.session ?? []) query.append('session_id', id)
  const pages: UserPage[] = []
  let cursor: string | null = null
  do {
    if (cursor !== null) query.set('cursor', cursor)
    const path = query.size === 0 ? pathOf(user) : `${pathOf(user)}?${query}`
    const page: UserPage = await client.call({ path, answer: userPageSchema })
    pages.push(page)
    cursor = page.next_cursor
  } while (cursor !== null)
  const first = pages[0]!
  const events = distinct(pages.flatMap((page) => page.events))
  const all = { shelves: pages.flatMap((page) => page.shelves), letters: pages.flatMap((page) => page.dead_letters) }
  printJson(terminal, {
    ...{ user_id: user, names: first.names, forgetting: first.forgetting, held: heldOf(pages) },
    ...{ events, shelves: all.shelves, dead_letters: all.letters },
  })
  terminal.note(
    `${plural(events.length, 'event')}, shelves: ${all.shelves.length}, dead letters: ${all.letters.length}`,
  )
}

/** What is held of many names comes on several pages. */
function heldOf(pages: readonly UserPage[]): UserPage['held'] {
  const [first, ...rest] = pages.flatMap(({ held }) => held ?? [])
  if (first === undefined) return null
  return {
    ...first,
    recent_events: [first, ...rest].flatMap((own) => own.recent_events),
    further: [first, ...rest].flatMap((own) => own.further),
  }
}

/** What was folded between two pages comes twice. */
const distinct = (values: readonly unknown[]): unknown[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
]

export async function eraseCommand(user: string, flags: EraseFlags, terminal: Terminal): Promise<void> {
  const { salt, email: emails = [] } = flags
  if (salt !== undefined && emails.length === 0) throw usage('--salt is of use with --email alone')
  const { client } = await connect(flags, terminal, ['sk'])
  const json = {
    ...(flags.anonymous === undefined ? {} : { anonymous_ids: flags.anonymous }),
    ...(flags.session === undefined ? {} : { session_ids: flags.session }),
    ...(emails.length === 0 ? {} : { emails }),
    // What the service itself imported it knows by a salt of its own; this is for what the command line imported.
    ...(salt === undefined ? {} : { user_ids: await Promise.all(emails.map((one) => emailShopper(salt, one))) }),
  }
  const asked = await client.call({ method: 'DELETE', path: pathOf(user), json, answer: receiptSchema })
  const receipt = flags.wait === false ? asked : await finished(client, asked)
  print(receipt, flags, terminal)
  if (flags.wait !== false && receipt.state !== 'done')
    throw new CliFailure(`not done yet; "shelfwise users receipt ${receipt.erasure}" tells when`, EXIT.refused)
}

export async function receiptCommand(erasure: string, flags: ServiceFlags, terminal: Terminal): Promise<void> {
  const { client } = await connect(flags, terminal, ['sk'])
  print(await receiptOf(client, erasure), flags, terminal)
}

const pathOf = (user: string) => `/v1/users/${encodeURIComponent(user)}`
const receiptOf = (client: Client, erasure: string): Promise<Receipt> =>
  client.call({ path: `/v1/erasures/${encodeURIComponent(erasure)}`, answer: receiptSchema })

async function finished(client: Client, asked: Receipt): Promise<Receipt> {
  let receipt = asked
  for (let time = 0; time < LOOKED_AT_TIMES && receipt.state !== 'done'; time++) {
    await pause(LOOKED_AT_EVERY_MS)
    receipt = await receiptOf(client, asked.erasure)
  }
  return receipt
}

function print(receipt: Receipt, flags: ServiceFlags, terminal: Terminal): void {
  if (flags.json) printJson(terminal, receipt)
  else terminal.out(receiptText(receipt))
}

/** For people. */
export function receiptText({ erasure, state, asked_at, finished_at, removed, error }: Receipt): string {
  const places = Object.entries(removed).filter(([, count]) => count > 0)
  const told = places.map(([place, count]) => `  ${place.replaceAll('_', ' ')}: ${count}`)
  const heading =
    state === 'done'
      ? `forgotten at ${finished_at} (asked at ${asked_at}); receipt ${erasure}`
      : `asked at ${asked_at}, not done yet${error === null ? '' : ` (last failure: ${error})`}; receipt ${erasure}`
  return [heading, ...(told.length === 0 && state === 'done' ? ['  nothing was held'] : told)].join('\n')
}
