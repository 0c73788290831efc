/**
 * Does `work` on all items; on failure on each half, down to the items that fail alone. One that fails alone, twice,
 * while the dependency answers, is poison: with one in n items about 2·log2(n) more calls find it and the rest are done.
 *
 * `probe` is a trivial use of what the work depends on. When it fails too, nobody is to blame: the failure is thrown at
 * once, so that an outage costs log2(n) calls and accuses no one.
 * @throws whatever `work` threw while the probe failed, and whatever `onPoison` throws
 */
export async function bisect<T>(
  items: readonly T[],
  work: (part: readonly T[]) => Promise<unknown>,
  probe: () => Promise<unknown>,
  onPoison: (item: T, error: unknown) => Promise<void>,
): Promise<void> {
  if (items.length === 0) return
  try {
    await work(items)
    return
  } catch (error) {
    if (items.length === 1) return judge(items[0]!, error, work, probe, onPoison)
  }
  const middle = items.length >> 1
  await bisect(items.slice(0, middle), work, probe, onPoison)
  await bisect(items.slice(middle), work, probe, onPoison)
}

/** A failure that does not come again was not the item's. */
async function judge<T>(
  item: T,
  error: unknown,
  work: (part: readonly T[]) => Promise<unknown>,
  probe: () => Promise<unknown>,
  onPoison: (item: T, error: unknown) => Promise<void>,
): Promise<void> {
  await probe().catch(() => {
    throw error
  })
  try {
    await work([item])
  } catch (again) {
    await onPoison(item, again)
  }
}
