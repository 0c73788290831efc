/** Requests to one operation of the document: as it wants them, and changed in one way or another. */
import fc from 'fast-check'
import type { Case } from './case.ts'
import type { Document, Operation, Parameter } from './document.ts'
import { createValues } from './values.ts'
import { createOddWays } from './ways_odd.ts'
import { createValueWays } from './ways_values.ts'
import { built, createWholes, KEYS_OF } from './wholes.ts'

export interface Requests {
  /** All kinds of cases of an operation, in their proportions. */
  cases(operation: Operation): fc.Arbitrary<Case>
  /** A good request, by somebody who may do all that its key is for. */
  goodOne(operation: Operation): fc.Arbitrary<Case>
  /** The fields that `cases` puts hostile texts into. */
  fieldsOf(operation: Operation): string[]
}

export function createRequests(document: Document): Requests {
  const drawn = createValues(document.schemas)
  const wholes = createWholes(drawn)
  const values = createValueWays(document, wholes, drawn)
  const odd = createOddWays(document, wholes)
  const weighed = (weight: number, arbitrary: fc.Arbitrary<Case> | null) =>
    arbitrary === null ? [] : [{ weight, arbitrary }]
  return {
    fieldsOf: values.fieldsOf,
    goodOne: (operation) =>
      wholes(operation).map((whole) => ({
        ...{ route: operation.route, due: 'taken', about: 'as the document wants it' },
        sent: built(operation, { ...whole, key: KEYS_OF[operation.key].at(-1)! }),
      })),
    cases(operation) {
      const hasBody = operation.bodies.size > 0
      const hasIn = (place: Parameter['in']) => operation.parameters.some((one) => one.in === place)
      return fc.oneof(
        ...weighed(14, values.good(operation)),
        ...(hasBody ? [...weighed(22, values.body(operation)), ...weighed(22, values.field(operation))] : []),
        ...(hasBody && operation.key === 'none' ? weighed(60, values.signed(operation)) : []),
        ...(hasIn('query') ? weighed(14, values.parameter(operation, 'query')) : []),
        ...(hasIn('path') ? weighed(8, values.parameter(operation, 'path')) : []),
        ...weighed(hasBody ? 10 : 2, odd.bytes(operation)),
        ...(hasBody ? weighed(3, odd.contentType(operation)) : []),
        ...odd.lacking(operation).flatMap((one) => weighed(1, one)),
        ...weighed(5, odd.query(operation)),
        ...weighed(2, odd.address(operation)),
        ...weighed(5, odd.headers(operation)),
        ...weighed(4, odd.keys(operation)),
        ...weighed(2, odd.method(operation)),
      )
    },
  }
}
