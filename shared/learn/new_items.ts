import { NEW_FOR_MS, NEW_SHARE_MAX, newScore } from '../domain/newness.ts'
import type { LearningStore, ListEntry } from '../store/catalogue/learning.ts'

const NEW_KEPT = 100

/** The youngest items, the newest with score 1, down to 0 at the end of the window. */
export async function newItems(
  shop: string,
  liveItems: number,
  store: Pick<LearningStore, 'newest'>,
  nowMs: number,
): Promise<ListEntry[]> {
  const newest = await store.newest(shop, Math.max(NEW_KEPT, Math.ceil(liveItems * NEW_SHARE_MAX) + 1))
  const fresh = newest.filter((item) => nowMs - item.createdAtMs < NEW_FOR_MS && item.createdAtMs <= nowMs)
  if (fresh.length > liveItems * NEW_SHARE_MAX) return []
  return fresh.slice(0, NEW_KEPT).map((item) => [item.id, newScore(nowMs - item.createdAtMs), 0])
}
