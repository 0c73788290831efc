/** Cuts a list into runs of at most `size`. */
export function chunk<T>(list: readonly T[], size: number): T[][] {
  if (size < 1) throw new RangeError('chunk size must be at least 1')
  const chunks: T[][] = []
  for (let start = 0; start < list.length; start += size) chunks.push(list.slice(start, start + size))
  return chunks
}

/** Cuts a list into runs of at most `most` together; an entry that is larger by itself stands alone. */
export function chunkBySize<T>(list: readonly T[], most: number, sizeOf: (entry: T) => number): T[][] {
  const chunks: T[][] = []
  let room = 0
  for (const entry of list) {
    const size = sizeOf(entry)
    if (chunks.length === 0 || size > room) {
      chunks.push([])
      room = most
    }
    chunks.at(-1)!.push(entry)
    room -= size
  }
  return chunks
}

/** Maps with at most `width` calls under way; results keep the input's order; the first rejection rejects all. */
export async function mapConcurrent<T, R>(
  list: readonly T[],
  width: number,
  work: (entry: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(list.length)
  let next = 0
  const lane = async () => {
    while (next < list.length) {
      const index = next++
      results[index] = await work(list[index]!, index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, list.length) }, lane))
  return results
}
