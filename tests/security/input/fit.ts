/** Whether the document allows a value, or the text of a parameter. */
import type { Parameter } from './document.ts'
import { misfit, type Schema, type Schemas } from './schema.ts'

/** `unclear`: it hangs on how characters are counted, or on how an address is written. */
export type Fit = 'yes' | 'no' | 'unclear'

export const worstOf = (fits: readonly Fit[]): Fit =>
  fits.includes('no') ? 'no' : fits.includes('unclear') ? 'unclear' : 'yes'
const bestOf = (fits: readonly Fit[]): Fit =>
  fits.includes('yes') ? 'yes' : fits.includes('unclear') ? 'unclear' : 'no'

const IS_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

export interface Fits {
  ofValue(schema: Schema, value: unknown): Fit
  ofText(parameter: Parameter, text: string): Fit
  /** Of all parameters of one place together. */
  ofTexts(parameters: readonly Parameter[], place: Parameter['in'], texts: ReadonlyMap<string, string>): Fit
}

export function createFits(schemas: Schemas): Fits {
  const ofValue: Fits['ofValue'] = (schema, value) => {
    if (misfit(schema, value, schemas) !== null) return 'no'
    return misfit(schema, value, schemas, 'units') === null ? 'yes' : 'unclear'
  }

  /** Text is judged by everything that it can be read as. */
  const ofText: Fits['ofText'] = ({ schema, writing }, text) => {
    if (!text.isWellFormed()) return 'unclear'
    if (writing === 'repeated') return ofValue(schema, [text])
    if (writing === 'list') {
      const entries = text.split(',').filter((one) => one !== '')
      return ofValue(schema, entries)
    }
    if (writing === 'json') {
      try {
        return ofValue(schema, JSON.parse(text))
      } catch {
        return 'no'
      }
    }
    const readings: unknown[] = [text]
    if (IS_NUMBER.test(text)) readings.push(Number(text))
    if (text === 'true' || text === 'false') readings.push(text === 'true')
    return bestOf(readings.map((reading) => ofValue(schema, reading)))
  }
  return {
    ...{ ofValue, ofText },
    ofTexts: (parameters, place, texts) =>
      worstOf(
        parameters
          .filter((one) => one.in === place)
          .map((one) => {
            const text = texts.get(one.name)
            return text === undefined ? (one.required ? 'no' : 'yes') : ofText(one, text)
          }),
      ),
  }
}
