import { eventRange } from './keys.ts'

const folderOf = (name: string) => name.slice(0, name.lastIndexOf('/'))

/**
 * The objects whose events all stand in another one as well: left there by a joining that died before it removed them, or
 * put once more by a fold that was repeated. Folds take batches one range after the other, so a range lies within another
 * or beside it.
 * @param names ascending, as they are listed
 */
export function coveredObjects(names: readonly string[]): Set<string> {
  const covered = new Set<string>()
  let folder = ''
  /** The first batch of what was met behind. */
  let first = Number.POSITIVE_INFINITY
  // From the end: what covers an object stands behind it.
  for (const name of names.toReversed()) {
    const range = eventRange(name)
    if (range === null) continue
    if (folderOf(name) !== folder) {
      folder = folderOf(name)
      first = Number.POSITIVE_INFINITY
    }
    if (range.first >= first) covered.add(name)
    first = Math.min(first, range.first)
  }
  return covered
}
