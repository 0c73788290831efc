import { kindOfName } from '../attribute_names.ts'
import { nameWords, type Source, type Unit } from '../read/source.ts'
import { sameName, statesValue } from './attribute.ts'
import type { Reason } from './scope.ts'

const LABELLED = /^([^:：.!?。]{1,40})[:：]\s*(\S.*)$/su
const isOwn = (unit: Unit) => unit.field === 'attribute' || unit.field === 'option'

/**
 * A claim in the form "Colour: cream" says which property the value is of: "hand cream" in a title does not support it.
 * Names that neither the lexicon nor the item knows are left to the other checks, and so are numbers.
 */
export function checkLabelled(text: string, source: Source, evidence: readonly Unit[]): Reason | null {
  const match = LABELLED.exec(text.trim())
  if (match === null) return null
  const name = nameWords(match[1]!.trim())
  const kind = kindOfName(name)
  const own = source.units.filter(
    (unit) => isOwn(unit) && (sameName(unit.name, name) || (kind !== null && kindOfName(unit.name) === kind)),
  )
  if (kind === null && own.length === 0) return null
  const values = match[2]!
    .replace(/[.。]$/u, '')
    .split(/\s*[,、，;/]\s*|\s+(?:and|und|or|oder)\s+/u)
    .filter((value) => value !== '' && !/\d/.test(value))
  const among = own.length > 0 ? own : evidence.filter((unit) => unit.field === 'description' || unit.field === 'tag')
  const isStated = (value: string) => among.some((unit) => statesValue(unit, kind, value, false))
  return values.every(isStated) ? null : kind === 'colour' ? 'colour' : kind === 'material' ? 'material' : 'words'
}

/** Kinds for which the item has attributes of its own: what else its title names by chance does not count. */
export function ownKinds(source: Source): ReadonlySet<string> {
  return new Set(source.units.filter(isOwn).flatMap((unit) => kindOfName(unit.name) ?? []))
}
