/** The operation names that the platform puts in front of its errors; the last is of this stand-in's control door. */
export type Operation =
  | 'INDEX_GET'
  | 'VECTOR_QUERY'
  | 'VECTOR_INSERT'
  | 'VECTOR_UPSERT'
  | 'VECTOR_GET'
  | 'VECTOR_DELETE'
  | 'METADATA_INDEX'

/**
 * The first ten were seen in answers of the service, with their texts. Those from 40100 on are this stand-in's own, where
 * it is known that the service refuses and not with which code: never branch on them.
 */
export const CODE = {
  queryDimensions: 40_006,
  tooManyIds: 40_007,
  idTooLong: 40_008,
  dimensions: 40_012,
  metadataTooLarge: 40_016,
  metadataKey: 40_018,
  unreadableVectors: 40_023,
  topK: 40_025,
  unreadableQuery: 40_026,
  tooManyRequests: 40_041,
  emptyId: 40_100,
  namespace: 40_101,
  tooManyVectors: 40_102,
  filter: 40_103,
  vectorNotFound: 40_104,
  metadataIndex: 40_105,
  unreadableIds: 40_106,
} as const

export type Code = (typeof CODE)[keyof typeof CODE]

/** A refusal before it is known which operation met it; the engine turns it into the platform's form. */
export class Refusal extends Error {
  readonly code: Code
  constructor(code: Code, message: string) {
    super(message)
    this.code = code
  }
}

/** What the wire protocol carries of a refusal. */
export interface WireRefusal {
  code: number
  error: string
}

/** What a binding throws: `<OP>_ERROR (code = N): text`, the bare text as its cause. */
export class OperationError extends Error {
  readonly refusal: WireRefusal

  constructor(message: string, refusal: WireRefusal) {
    super(message, { cause: new Error(refusal.error) })
    // A binding throws a plain Error.
    this.name = 'Error'
    this.refusal = refusal
  }
}

/** Runs `work`; a Refusal inside becomes an OperationError. */
export function asOperation<T>(operation: Operation, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { code, message } = error
    throw new OperationError(`${operation}_ERROR (code = ${code}): ${message}`, { code, error: message })
  }
}
