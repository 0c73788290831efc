/** Requests whose values are as the document wants them, or changed in one place. */
import fc from 'fast-check'
import { platformBodies } from './bytes.ts'
import type { Case, Due } from './case.ts'
import { type Disturbance, disturbances, disturbed, jsonOf } from './disturb.ts'
import type { Document, Operation, Parameter } from './document.ts'
import { textFieldsOf, withText } from './fields.ts'
import { createFits, type Fit, worstOf } from './fit.ts'
import { HOSTILE_TEXTS, NAUGHTY_TEXTS } from './hostile.ts'
import { KNOWN } from './known.ts'
import type { ValueOf } from './values.ts'
import { type Body, bodyText, built, isElsewhere, NDJSON, utf8, type Whole } from './wholes.ts'

export const hostileTexts = fc.oneof(fc.constantFrom(...NAUGHTY_TEXTS), fc.constantFrom(...HOSTILE_TEXTS))
export const oddTexts = fc.oneof(
  { weight: 6, arbitrary: hostileTexts },
  { weight: 1, arbitrary: fc.integer().map(String) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
)

/** A changed body: its text, and whether the document allows it. */
interface Changed {
  text: string
  fit: Fit
}

export function createValueWays(
  { schemas }: Document,
  wholes: (operation: Operation) => fc.Arbitrary<Whole>,
  drawn: ValueOf,
) {
  const fits = createFits(schemas)

  const plainBody = (body: Body | null): Changed | null => {
    if (body === null) return null
    if (body.text !== null) return { text: body.text, fit: 'unclear' }
    return { text: bodyText(body), fit: worstOf(body.values.map((value) => fits.ofValue(body.schema, value))) }
  }

  function changedBody(body: Body, disturbance: Disturbance): Changed {
    const which = disturbance.place % body.values.length
    const place = Math.floor(disturbance.place / body.values.length)
    const one = disturbed(body.values[which], { ...disturbance, place })
    // A deep value is judged as a list in a list: nothing that the document asks for is one.
    const judged = one.deep === null ? one.value : JSON.parse(jsonOf({ ...one, deep: '[[[[1]]]]' }))
    const lines = body.values.map((value, at) => (at === which ? jsonOf(one) : JSON.stringify(value)))
    const values = body.values.map((value, at) => (at === which ? judged : value))
    return {
      text: body.type === NDJSON ? lines.map((line) => `${line}\n`).join('') : lines.join(''),
      fit: worstOf(values.map((value) => fits.ofValue(body.schema, value))),
    }
  }

  /** What is due for a request whose parts were judged. */
  function caseOf(operation: Operation, whole: Whole, body: Changed | null, about: string): Case {
    const { parameters, key } = operation
    const inAddress = (['path', 'query'] as const).map((place) =>
      fits.ofTexts(parameters, place, place === 'path' ? whole.inPath : whole.query),
    )
    // Told to be of another form, NDJSON is read as that.
    const isFeed = whole.body?.type === NDJSON && whole.query.has('format')
    const fit = worstOf([...inAddress, isFeed && body?.fit === 'no' ? 'unclear' : (body?.fit ?? 'yes')])
    const byFit: Due = fit === 'yes' ? 'taken' : fit === 'no' ? 'refused' : 'answered'
    const isSigned = key === 'none' && operation.bodies.size > 0
    return {
      ...{ route: operation.route, about },
      due: isElsewhere(whole) ? 'elsewhere' : isSigned ? 'answered' : byFit,
      sent: built(operation, whole, body === null ? {} : { body: utf8(body.text) }),
    }
  }

  const good = (operation: Operation): fc.Arbitrary<Case> =>
    wholes(operation).map((whole) => caseOf(operation, whole, plainBody(whole.body), 'as the document wants it'))

  const body = (operation: Operation): fc.Arbitrary<Case> =>
    fc.tuple(wholes(operation), disturbances).map(([whole, disturbance]) => {
      const changed =
        whole.body === null || whole.body.text !== null ? plainBody(whole.body) : changedBody(whole.body, disturbance)
      return caseOf(operation, whole, changed, `something in the body ${disturbance.about}`)
    })

  const parameter = (operation: Operation, place: 'path' | 'query'): fc.Arbitrary<Case> => {
    const own = operation.parameters.filter((one: Parameter) => one.in === place)
    return fc.tuple(wholes(operation), fc.constantFrom(...own), oddTexts).map(([whole, { name }, odd]) => {
      const texts = new Map(place === 'path' ? whole.inPath : whole.query).set(name, odd)
      const given = { ...whole, [place === 'path' ? 'inPath' : 'query']: texts }
      return {
        ...caseOf(operation, given, plainBody(whole.body), `${name} is odd`),
        field: `${operation.route} ${place} ${name}`,
      }
    })
  }

  /** The names of all fields of an operation that a hostile text is put into. */
  const fieldsOf = (operation: Operation): string[] => {
    const [schema] = operation.bodies.values()
    const inBody =
      schema === undefined ? [] : textFieldsOf(schema, schemas).map(({ name }) => `${operation.route} body ${name}`)
    const own = operation.parameters.filter((one) => one.in !== 'header')
    return [...own.map((one) => `${operation.route} ${one.in} ${one.name}`), ...inBody]
  }

  /** One field of the body holds a hostile text, whatever else is there: each field as often as any other. */
  const field = (operation: Operation): fc.Arbitrary<Case> | null => {
    const [[type, schema]] = [...operation.bodies] as [[string, Body['schema']]]
    const all = textFieldsOf(schema, schemas)
    if (all.length === 0) return null
    return fc.tuple(wholes(operation), fc.constantFrom(...all), hostileTexts).chain(([whole, one, text]) =>
      withText(schema, one, text, drawn, schemas).map((value) => {
        const given: Whole = { ...whole, body: { ...{ type, schema, text: null }, values: [value] } }
        const about = `${one.name} of the body is ${JSON.stringify(text.slice(0, 40))}`
        return {
          ...caseOf(operation, given, plainBody(given.body), about),
          field: `${operation.route} body ${one.name}`,
        }
      }),
    )
  }

  /** Where a signature is the key, what the shop's own platform sends. */
  const signed = (operation: Operation): fc.Arbitrary<Case> =>
    fc.tuple(wholes(operation), disturbances, platformBodies).map(([whole, disturbance, sent]) => {
      const inPath = new Map([...whole.inPath.keys()].map((name) => [name, String(KNOWN[name]?.[0] ?? name)]))
      const text = jsonOf(disturbed(sent, disturbance))
      return {
        ...{
          route: operation.route,
          due: 'answered',
          about: `a signed delivery in which something ${disturbance.about}`,
        },
        sent: { ...built(operation, { ...whole, inPath }, { body: utf8(text) }), signs: true },
      }
    })

  return { good, body, parameter, field, signed, fieldsOf }
}
