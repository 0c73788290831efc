/** A row of a table, or an entry of an XML feed: values by column, however the file spells the column's name. */
export interface FeedRow {
  kind: 'row'
  /** Where it begins. */
  line: number
  /** By the column's key; several where an XML feed repeats an element. Blank ones are left out. */
  values: ReadonlyMap<string, readonly string[]>
  /** The columns' names as the file has them, by key. */
  names: ReadonlyMap<string, string>
}

/** One key for `Image Link`, `image_link`, `g:image_link` and `IMAGE-LINK`. */
export const columnKey = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/^g:/, '')
    .replace(/[\s_-]+/g, '_')

/** The first value of the first of these columns that has one; empty when none has. */
export function cell(row: FeedRow, ...keys: readonly string[]): string {
  for (const key of keys) {
    const value = row.values.get(key)?.[0]
    if (value !== undefined) return value
  }
  return ''
}

/** Every value of these columns. */
export const cells = (row: FeedRow, ...keys: readonly string[]): string[] =>
  keys.flatMap((key) => row.values.get(key) ?? [])

/** How an error names a column: as the file does, that of the first that the file has. */
export function pointerTo(row: FeedRow, ...keys: readonly string[]): string {
  const known = keys.find((key) => row.values.has(key)) ?? keys.find((key) => row.names.has(key))
  return `/${known === undefined ? keys[0] : (row.names.get(known) ?? known)}`
}

const YES = new Set(['true', 'yes', '1', 'y'])
const NO = new Set(['false', 'no', '0', 'n'])
/** What a yes-or-no cell says; null when it says neither. */
export function yesOrNo(text: string): boolean | null {
  const word = text.toLowerCase()
  return YES.has(word) ? true : NO.has(word) ? false : null
}

/** A JSON object as a row of a table: OpenAI's product feed comes as JSON lines too. */
export function rowOfObject(line: number, value: Record<string, unknown>): FeedRow {
  const values = new Map<string, string[]>()
  const names = new Map<string, string>()
  for (const [name, entry] of Object.entries(value)) {
    const texts = (Array.isArray(entry) ? entry : [entry])
      .filter((one) => ['string', 'number', 'boolean'].includes(typeof one))
      .map((one) => String(one).trim())
      .filter((one) => one !== '')
    names.set(columnKey(name), name)
    if (texts.length > 0) values.set(columnKey(name), texts)
  }
  return { kind: 'row', line, values, names }
}
