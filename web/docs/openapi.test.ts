import { describe, expect, it } from 'vitest'
import { curlOf, exampleOf } from './example.ts'
import { kindOf, limitsOf, type OpenApi, resolved, type Schema, sections } from './openapi.ts'

const document: OpenApi = {
  info: { title: 'T', version: '1' },
  tags: [{ name: 'shelves' }],
  security: [{ key: [] }],
  paths: {
    '/v1/items/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' }, example: 'a/b' }],
      get: { operationId: 'getItem' },
      put: {
        tags: ['shelves'],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Node' } } } },
      },
    },
  },
  components: {
    schemas: {
      Node: {
        type: 'object',
        required: ['name', 'next'],
        properties: {
          name: { type: 'string', examples: ["it's"] },
          next: { $ref: '#/components/schemas/Node' },
          rest: { type: 'string' },
        },
      },
    },
  },
}

describe('OpenAPI', () => {
  it('groups operations by tag, with the parameters of their path', () => {
    const found = sections(document)
    expect(found.map((one) => [one.name, one.entries.map((entry) => entry.method)])).toEqual([
      ['shelves', ['put']],
      ['Other', ['get']],
    ])
    expect(found[1]!.entries[0]!.operation.parameters).toHaveLength(1)
  })

  it('follows references and survives circles and dead ends', () => {
    expect(resolved<Schema>(document, { $ref: '#/components/schemas/Node' }).type).toBe('object')
    expect(resolved(document, { $ref: '#/components/schemas/None' }).$ref).toBeDefined()
    expect(JSON.stringify(exampleOf(document, { $ref: '#/components/schemas/Node' })).length).toBeLessThan(1_000)
  })

  it('says what a value is and how large it may be', () => {
    expect(kindOf(document, { type: 'array', items: { enum: ['a', 'b'] } })).toBe('array of ("a" | "b")')
    expect(kindOf(document, { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] })).toBe(
      'string (date-time) | null',
    )
    expect(limitsOf({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, default: 3 })).toEqual(['1…', 'default 3'])
  })

  it('names what a shop would name', () => {
    const offer: Schema = { type: 'object', required: ['market', 'price'], properties: { market: { type: 'string' } } }
    expect(exampleOf(document, { type: 'array', items: offer })).toEqual([{ market: 'GB' }])
  })

  it('writes a command that a shell reads back', () => {
    const [put] = sections(document)[0]!.entries
    const text = curlOf(document, put!, 'https://api.test')
    expect(text).toContain(`curl -X PUT 'https://api.test/v1/items/a%2Fb'`)
    expect(text).toContain('Authorization: Bearer')
    expect(text).toContain(`it'\\''s`)
  })
})
