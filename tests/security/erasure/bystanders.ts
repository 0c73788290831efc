/** What is stored of everybody else: it must be the same whether somebody was forgotten or not. */
import { shopperHash } from '../../../shared/domain/shopper_hash.ts'
import type { Platform } from './platform.ts'

/** Rows of tables by what is the same in two runs: no moments of background work, no ids made by chance. */
const TABLES: ReadonlyArray<readonly [database: 'catalogue' | 'operations' | 'live', table: string, columns: string]> =
  [
    ['catalogue', 'items', 'shop, id, title, content_hash, deleted_at'],
    ['catalogue', 'offers', 'shop, item, market, sellable'],
    ['catalogue', 'prices', 'shop, item, market, variant, price, stock'],
    ['catalogue', 'enrichments', 'shop, item, text_hash'],
    ['catalogue', 'waiting_effects', 'shop, source, ref'],
    ['operations', 'orders', 'shop, source, order_id, shopper'],
    ['operations', 'dead_letters', 'shop, origin, kind, topic, ref, body'],
    ['operations', 'webhook_sources', 'shop, source, config'],
    ['live', 'recents', 'shop, shopper, events'],
    ['live', 'habits', 'shop, shopper, body'],
    ['live', 'profiles', 'shop, shopper, events, profile, representatives'],
  ]

/**
 * Lines of what is stored, sorted.
 * @param gone names of who is left out, and of what: in all of it, or in one shop
 */
export function linesOfOthers(platform: Platform, gone: readonly string[]): string[] {
  const hashes = new Set(gone.map(shopperHash))
  const isOther = (values: readonly unknown[]) =>
    !values.some((value) => gone.includes(String(value)) || hashes.has(String(value)))
  const lines: string[] = []
  for (const [database, table, columns] of TABLES) {
    const [outcome] = platform.databases[database].execute([{ sql: `SELECT ${columns} FROM ${table}`, params: [] }])
    for (const row of outcome!.rows) if (isOther(row)) lines.push(`${table} ${JSON.stringify(row)}`)
  }
  for (const [key, { bytes }] of platform.objects as unknown as Map<string, { bytes: Uint8Array }>) {
    if (!key.startsWith('events/') && !key.startsWith('impressions/')) continue
    const [folder, , shop] = key.split('/')
    for (const line of Buffer.from(bytes).toString().split('\n')) {
      const value = line === '' ? null : (JSON.parse(line) as unknown)
      if (Array.isArray(value) && isOther(value)) lines.push(`${folder} ${shop} ${line}`)
      else if (value !== null && !Array.isArray(value)) {
        const { shopper, placement, shown, query } = value as Record<string, unknown>
        if (isOther([shopper])) lines.push(`${folder} ${shop} ${JSON.stringify([shopper, placement, shown, query])}`)
      }
    }
  }
  return lines.sort()
}

/** Lines that stand in one list and not in the other, as often as they do. */
export function partings(left: readonly string[], right: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const line of left) counts.set(line, (counts.get(line) ?? 0) + 1)
  for (const line of right) counts.set(line, (counts.get(line) ?? 0) - 1)
  return [...counts].filter(([, count]) => count !== 0).map(([line, count]) => `${count > 0 ? 'lost' : 'new'}: ${line}`)
}
