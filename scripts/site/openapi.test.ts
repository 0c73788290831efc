import { expect, test } from 'vitest'
import { PROBLEMS } from '../../shared/base/problem.ts'
import { ROUTES } from '../../workers/api/routes.ts'
import { openApi } from './openapi.ts'

type Document = { paths: Record<string, Record<string, unknown>>; 'x-problems': unknown[] }

const routed = [...ROUTES].flatMap(([path, methods]) => methods.map((method) => `${method} ${path}`)).sort()

function documented(document: Document): string[] {
  return Object.entries(document.paths)
    .flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    )
    .sort()
}

test('the document lists exactly the routes of the api', () => {
  expect(documented(openApi('1.2.3') as Document)).toEqual(routed)
})

test('a route that is missing from the document is seen', () => {
  const document = openApi('1.2.3') as Document
  delete document.paths['/v1/jobs']
  expect(documented(document)).not.toEqual(routed)
})

test('the document is plain JSON with a schema for every body and answer', () => {
  const text = JSON.stringify(openApi('1.2.3'))
  expect(JSON.parse(text)).toEqual(openApi('1.2.3'))
  expect(text.includes('"schema":{}')).toBe(false)
  expect(text.includes('$defs')).toBe(false)
  const components = (openApi('1.2.3') as { components: { schemas: object } }).components.schemas
  const references = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1]!)
  expect(references.filter((name) => !Object.hasOwn(components, name))).toEqual([])
  expect(references).toContain('Filter')
  expect((openApi('1.2.3') as Document)['x-problems']).toHaveLength(Object.keys(PROBLEMS).length)
})
