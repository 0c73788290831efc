import { Hono } from 'hono'
import * as z from 'zod'
import { Problem } from '../../../shared/base/problem.ts'
import { decode, parseJson } from '../../../shared/domain/decode.ts'
import { LIMITS } from '../../../shared/domain/limits.ts'
import {
  decodeRules,
  RULE_LIMITS,
  type Rule,
  rollbackBodySchema,
  rulesBodySchema,
} from '../../../shared/domain/rule.ts'
import { ruleChanges } from '../../../shared/domain/rule_changes.ts'
import { ruleWarnings } from '../../../shared/domain/rule_warnings.ts'
import type { ShopConfig } from '../../../shared/domain/shop.ts'
import type { RulePublication, RuleVersion } from '../../../shared/store/catalogue/rules.ts'
import { readText } from '../../http/body.ts'
import { type Caller, requireShop } from '../../http/caller.ts'
import { wholeNumberSchema } from '../../http/query.ts'
import type { IngestApp } from '../context.ts'
import type { IngestDeps } from '../deps.ts'
import { publish } from './shops.ts'

const pageSchema = z.strictObject({
  limit: wholeNumberSchema.pipe(z.int().min(1).max(RULE_LIMITS.listed)).default(20),
  below: wholeNumberSchema.pipe(z.int().min(1)).optional(),
})

/** A shop's rules: what is active, what was, and what is to be. */
export function ruleRoutes() {
  const routes = new Hono<IngestApp>()

  routes.get('/v1/shops/:shop/rules', async (c) => {
    const shop = requireShop(c.var.caller, c.req.param('shop'))
    const { deps } = c.var
    await configOf(shop, deps)
    const active = (await deps.rules.active(shop)) ?? NOTHING
    return c.json({ ...told(active), active: true, rules: active.rules })
  })

  routes.get('/v1/shops/:shop/rules/versions', async (c) => {
    const shop = requireShop(c.var.caller, c.req.param('shop'))
    const { rules } = c.var.deps
    const { limit, below } = decode(pageSchema, c.req.query())
    const [active, listed] = await Promise.all([rules.active(shop), rules.list(shop, limit, below ?? null)])
    const versions = listed.slice(0, limit).map((one, at) => {
      const before = one.version === 1 ? NOTHING : listed[at + 1]
      const changes = before === undefined ? null : ruleChanges(before.rules, one.rules)
      return { ...told(one), active: one.version === active?.version, rules: one.rules.length, changes }
    })
    return c.json({ versions, next: listed.length > limit ? versions.at(-1)!.version : null })
  })

  routes.get('/v1/shops/:shop/rules/versions/:version', async (c) => {
    const shop = requireShop(c.var.caller, c.req.param('shop'))
    const { deps } = c.var
    const active = (await deps.rules.active(shop)) ?? NOTHING
    const found = await versionOf(shop, decode(wholeNumberSchema, c.req.param('version')), deps)
    return c.json({ ...told(found), active: found.version === active.version, rules: found.rules })
  })

  routes.put('/v1/shops/:shop/rules', async (c) => {
    const shop = requireShop(c.var.caller, c.req.param('shop'))
    const { rules, label, note, expect } = decodeRules(rulesBodySchema, await jsonOf(c.req.raw))
    const publication = publicationOf(c.var.caller, { rules, label, note, expect, restoredFrom: null })
    const answer = await published(shop, publication, c.var.deps)
    c.var.defer(publish(shop, c.var.deps))
    return c.json(answer, answer.created ? 201 : 200)
  })

  routes.post('/v1/shops/:shop/rules/rollback', async (c) => {
    const shop = requireShop(c.var.caller, c.req.param('shop'))
    const { deps } = c.var
    const { version, label, note, expect } = decode(rollbackBodySchema, await jsonOf(c.req.raw))
    const { rules } = await versionOf(shop, version, deps)
    const publication = publicationOf(c.var.caller, { rules, label, note, expect, restoredFrom: version })
    const answer = await published(shop, publication, deps)
    c.var.defer(publish(shop, deps))
    return c.json(answer, answer.created ? 201 : 200)
  })
  return routes
}

/** Version 0: before anything was published. */
const NOTHING: RuleVersion = { version: 0, rules: [], restoredFrom: null, label: '', note: '', publishedAtMs: 0 }

const jsonOf = async (request: Request): Promise<unknown> => parseJson(await readText(request, LIMITS.jsonBodyBytes))

const told = (one: RuleVersion) => ({
  version: one.version,
  restored_from: one.restoredFrom,
  label: one.label,
  note: one.note,
  published_at: one.version === 0 ? null : new Date(one.publishedAtMs).toISOString(),
})

interface Given {
  rules: readonly Rule[]
  label: string | undefined
  note: string | undefined
  expect: number | undefined
  restoredFrom: number | null
}

const publicationOf = (caller: Caller, { rules, label, note, expect, restoredFrom }: Given): RulePublication => ({
  ...{ rules, restoredFrom, note: note ?? '', expect: expect ?? null },
  label: label ?? (caller.role === 'admin' ? 'administrator' : 'secret key'),
})

async function published(shop: string, publication: RulePublication, deps: IngestDeps) {
  const config = await configOf(shop, deps)
  const nowMs = deps.clock.now()
  const { version, before, created } = await deps.rules.publish(shop, publication, nowMs)
  const changes = ruleChanges(before, version.rules)
  return { ...told(version), created, changes, warnings: ruleWarnings(version.rules, config, nowMs) }
}

/** @throws Problem `not_found` */
async function configOf(shop: string, deps: IngestDeps): Promise<ShopConfig> {
  const config = await deps.shops.config(shop)
  if (config === null) throw new Problem('not_found', { detail: 'There is no such shop' })
  return config
}

/** @throws Problem `not_found` */
async function versionOf(shop: string, version: number, deps: IngestDeps): Promise<RuleVersion> {
  const found = version === 0 ? NOTHING : await deps.rules.version(shop, version)
  if (found === null) throw new Problem('not_found', { detail: `There is no version ${version} of the rules` })
  return found
}
