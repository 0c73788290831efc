import { capText, cleanText } from '../../base/text/clean.ts'
import { plainText } from '../../base/text/html.ts'
import { linkSchema } from '../../domain/ids.ts'
import { CATEGORY_SEPARATOR } from '../../domain/item.ts'
import { LIMITS } from '../../domain/limits.ts'

/** Remarks on what was changed to fit; a feed's author may want to know. */
export type Remarks = string[]

/** Text that fits its field; a longer one is cut with a remark. Undefined when nothing is left. */
export function fitted(text: string, max: number, field: string, remarks: Remarks): string | undefined {
  const clean = cleanText(text)
  if (clean === '') return undefined
  if (clean.length <= max) return clean
  remarks.push(`${field} was cut to ${max} characters`)
  return capText(clean, max)
}

export const shortText = (text: string, field: string, remarks: Remarks): string | undefined =>
  fitted(text, LIMITS.shortTextChars, field, remarks)

/** A description as text, whether it was written as HTML or not; the same text as the item's own door makes of it. */
export function descriptionText(raw: string, remarks: Remarks): string | undefined {
  return fitted(plainText(raw), LIMITS.descriptionChars, 'description', remarks)
}

/** An address as the API takes it; another is left out with a remark, since an item is whole without. */
export function link(raw: string, field: string, remarks: Remarks): string | undefined {
  if (raw === '') return undefined
  if (linkSchema.safeParse(raw).success) return raw
  remarks.push(`${field} is not an http(s) address of at most ${LIMITS.urlChars} characters and was left out`)
  return undefined
}

/** `a>b > c` as a category path. */
export const categoryPath = (raw: string): string =>
  raw
    .split('>')
    .map((step) => cleanText(step))
    .filter((step) => step !== '')
    .join(CATEGORY_SEPARATOR)

/** The first of a list, each fitted; what is beyond the limit is left out with a remark. */
export function fittedList(
  list: readonly string[],
  limits: { entries: number; chars: number },
  field: string,
  remarks: Remarks,
): string[] {
  const fit = [...new Set(list.flatMap((text) => fitted(text, limits.chars, field, remarks) ?? []))]
  if (fit.length > limits.entries) remarks.push(`only the first ${limits.entries} of ${fit.length} ${field} were taken`)
  return fit.slice(0, limits.entries)
}

/** Attributes that fit: names and values cut, blank ones left out, a single value as itself. */
export function fittedAttributes(
  entries: Iterable<readonly [string, readonly (string | number | boolean)[]]>,
  remarks: Remarks,
): Record<string, unknown> {
  const kept = new Map<string, Array<string | number | boolean>>()
  for (const [rawName, values] of entries) {
    const name = shortText(rawName, 'an attribute name', remarks)
    if (name === undefined) continue
    const fit = values.flatMap((value) =>
      typeof value === 'string' ? (shortText(value, `attribute ${name}`, remarks) ?? []) : value,
    )
    if (fit.length === 0) continue
    if (!kept.has(name) && kept.size === LIMITS.attributesPerItem) {
      remarks.push(`only the first ${LIMITS.attributesPerItem} attributes were taken`)
      break
    }
    kept.set(name, [...new Set([...(kept.get(name) ?? []), ...fit])].slice(0, LIMITS.attributeValues))
  }
  return Object.fromEntries([...kept].map(([name, values]) => [name, values.length === 1 ? values[0] : values]))
}

/** Without what is undefined or empty. */
export const compact = (value: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value).filter(
      ([, entry]) =>
        entry !== undefined &&
        !(Array.isArray(entry) && entry.length === 0) &&
        !(typeof entry === 'object' && entry !== null && !Array.isArray(entry) && Object.keys(entry).length === 0),
    ),
  )
