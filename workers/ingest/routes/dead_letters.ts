import { type Context, Hono } from 'hono'
import { toBase64 } from '../../../shared/base/base64.ts'
import { Problem } from '../../../shared/base/problem.ts'
import { shopIdSchema } from '../../../shared/domain/ids.ts'
import { letterOriginSchema } from '../../../shared/domain/webhook_answers.ts'
import { replayLetter } from '../../../shared/ingest/replay_letter.ts'
import type { Letter, LetterView } from '../../../shared/store/operations/dead_letters.ts'
import { asText } from '../../../shared/store/operations/letter_body.ts'
import { requireAdmin, requireSecret } from '../../http/caller.ts'
import { limitOf } from '../../http/query.ts'
import type { IngestApp } from '../context.ts'
import { decodeCursor, encodeCursor, filterOf, ROWS } from '../paging.ts'
import { signal } from '../signals.ts'
import { receiptAnswer } from './webhooks.ts'

type IngestContext = Context<IngestApp>

/** Whose letters these are: a shop's own, or with the admin key every shop's. */
interface Scope {
  base: string
  /** Null: every shop's. */
  shopOf(c: IngestContext): string | null
}

const SCOPES: readonly Scope[] = [
  { base: '/v1/dead-letters', shopOf: (c) => requireSecret(c.var.caller) },
  {
    base: '/admin/dead-letters',
    shopOf: (c) => {
      requireAdmin(c.var.caller)
      return filterOf(shopIdSchema, c.req.query('shop'), 'shop')
    },
  },
]

export function deadLetterRoutes() {
  const routes = new Hono<IngestApp>()
  for (const { base, shopOf } of SCOPES) {
    routes.get(base, async (c) => listLetters(c, shopOf(c)))
    routes.get(`${base}/:seq`, async (c) => c.json(fullAnswer(await letterOf(c, shopOf(c)))))
    routes.post(`${base}/:seq/replay`, async (c) => replay(c, await letterOf(c, shopOf(c))))
    routes.delete(`${base}/:seq`, async (c) => {
      const seq = seqOf(c)
      if (!(await c.var.deps.webhooks.letters.remove(seq, shopOf(c))))
        throw new Problem('not_found', { detail: 'There is no such dead letter' })
      return c.json({ seq, dropped: true })
    })
  }
  return routes
}

async function listLetters(c: IngestContext, shop: string | null): Promise<Response> {
  const limit = limitOf(c.req.query('limit'), ROWS)
  const origin = filterOf(letterOriginSchema, c.req.query('origin'), 'origin')
  const before = decodeCursor<[number]>(c.req.query('cursor'), ['number'])
  const rows = await c.var.deps.webhooks.letters.list({
    shop,
    origin,
    beforeSeq: before?.[0] ?? null,
    limit: limit + 1,
  })
  const page = rows.slice(0, limit)
  return c.json({
    dead_letters: page.map(letterAnswer),
    cursor: rows.length > limit ? encodeCursor([page.at(-1)!.seq]) : null,
  })
}

async function replay(c: IngestContext, letter: Letter): Promise<Response> {
  const { deps, defer } = c.var
  const replayed = await replayLetter(letter, deps.webhooks, deps.clock.now())
  switch (replayed.kind) {
    case 'done':
      signal(letter.shop, replayed.signals, deps, defer)
      return c.json({
        ...{ seq: letter.seq, replayed: true },
        ...(replayed.receipt === null ? {} : { receipt: receiptAnswer(replayed.receipt) }),
      })
    case 'kept':
      return c.json({ seq: letter.seq, replayed: false, code: replayed.code, detail: replayed.detail })
    case 'impossible':
      throw new Problem('conflict', { detail: replayed.detail })
  }
}

function seqOf(c: IngestContext): number {
  const text = c.req.param('seq') ?? ''
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new Problem('not_found', { detail: 'There is no such dead letter' })
  return Number(text)
}

async function letterOf(c: IngestContext, shop: string | null): Promise<Letter> {
  const letter = await c.var.deps.webhooks.letters.get(seqOf(c), shop)
  if (letter === null) throw new Problem('not_found', { detail: 'There is no such dead letter' })
  return letter
}

const letterAnswer = ({ createdAtMs, lastAtMs, ...letter }: LetterView) => ({
  ...letter,
  created_at: new Date(createdAtMs).toISOString(),
  last_at: new Date(lastAtMs).toISOString(),
})

function fullAnswer({ headers, body, ...view }: Letter) {
  const text = asText(body)
  return {
    ...letterAnswer(view),
    headers,
    ...(text === null ? { body: toBase64(body), body_encoding: 'base64' } : { body: text, body_encoding: 'utf8' }),
  }
}
