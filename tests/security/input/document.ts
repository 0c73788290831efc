/** The operations of the OpenAPI document, as the tests of input need them. Nothing is known of a route but what stands there. */
import { openApi } from '../../../scripts/site/openapi.ts'
import type { Schema, Schemas } from './schema.ts'

/** How a parameter is written: as it is, as a list with commas, by repeating its name, or as JSON. */
export type Writing = 'plain' | 'list' | 'repeated' | 'json'

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  schema: Schema
  writing: Writing
}

export interface DocumentedAnswer {
  /** Content type -> schema of the body; empty: there is no body. */
  types: ReadonlyMap<string, Schema>
  /** Of problems that may come with this status. */
  codes: ReadonlySet<string>
  /** Header, in lower case -> its schema; all of them must be there. */
  headers: ReadonlyMap<string, Schema>
}

export type KeyNeeded = 'none' | 'pk_or_sk' | 'sk' | 'sk_or_admin' | 'admin'

export interface Operation {
  /** `METHOD /path/{name}`. */
  route: string
  method: string
  path: string
  key: KeyNeeded
  parameters: readonly Parameter[]
  /** Content type -> schema of the body, or with NDJSON of a line. */
  bodies: ReadonlyMap<string, Schema>
  needsBody: boolean
  answers: ReadonlyMap<number, DocumentedAnswer>
}

export interface Document {
  schemas: Schemas
  operations: readonly Operation[]
  /** Path -> the methods it takes. */
  methods: ReadonlyMap<string, readonly string[]>
}

interface RawParameter {
  name: string
  in: Parameter['in']
  required?: boolean
  schema?: Schema
  explode?: boolean
  content?: Record<string, { schema: Schema }>
}
interface RawAnswer {
  content?: Record<string, { schema: Schema }>
  headers?: Record<string, { required?: boolean; schema: Schema }>
  'x-codes'?: string[]
}
interface RawOperation {
  'x-key': KeyNeeded
  parameters?: RawParameter[]
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema }> }
  responses: Record<string, RawAnswer>
}
interface RawDocument {
  paths: Record<string, Record<string, RawOperation>>
  components: { schemas: Record<string, Schema> }
}

export function readDocument(raw = openApi('1.0.0') as unknown as RawDocument): Document {
  const paths = Object.entries(raw.paths)
  return {
    schemas: raw.components.schemas,
    operations: paths.flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, one]) => operationOf(method, path, one)),
    ),
    methods: new Map(
      paths.map(([path, methods]) => [path, Object.keys(methods).map((method) => method.toUpperCase())]),
    ),
  }
}

const schemasOf = (content: Record<string, { schema: Schema }> = {}) =>
  new Map(Object.entries(content).map(([type, { schema }]) => [type, schema]))

function operationOf(method: string, path: string, raw: RawOperation): Operation {
  return {
    ...{ route: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path, key: raw['x-key'] },
    parameters: (raw.parameters ?? []).map(parameterOf),
    bodies: schemasOf(raw.requestBody?.content),
    needsBody: raw.requestBody?.required === true,
    answers: new Map(Object.entries(raw.responses).map(([status, answer]) => [Number(status), answerOf(answer)])),
  }
}

function parameterOf({ name, in: place, required = false, schema, explode = true, content }: RawParameter): Parameter {
  const json = content?.['application/json']?.schema
  const listed: Writing = explode ? 'repeated' : 'list'
  const writing: Writing = json !== undefined ? 'json' : schema?.type === 'array' ? listed : 'plain'
  return { name, in: place, required, schema: json ?? schema ?? {}, writing }
}

const answerOf = ({ content, headers = {}, 'x-codes': codes = [] }: RawAnswer): DocumentedAnswer => ({
  types: schemasOf(content),
  codes: new Set(codes),
  headers: new Map(
    Object.entries(headers).flatMap(([name, { required, schema }]) =>
      required === true ? [[name.toLowerCase(), schema] as const] : [],
    ),
  ),
})
