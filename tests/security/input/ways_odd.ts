/** Requests that are odd as requests: their bytes, their address, their headers, their key, their method, or what they lack. */
import fc from 'fast-check'
import { KEYS } from '../credentials/keys.ts'
import { type Bytes, brokenBytes, CONTENT_TYPES, headerTexts, READ_HEADERS } from './bytes.ts'
import type { Case } from './case.ts'
import type { Document, Operation } from './document.ts'
import { oddTexts } from './ways_values.ts'
import { authorised, bodyText, built, inAddress, isElsewhere, NDJSON, typed, type Whole } from './wholes.ts'

type Wholes = (operation: Operation) => fc.Arbitrary<Whole>

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'QUERY']
const ODD_PATHS = [
  ...['%', '%E0%A4%A', '%00', '%ff', '%2e%2e%2f', '%2F', '/', '//', '/..', ';a=b', '%c0%ae', '%0d%0a', '\\', 'é', '.'],
  'x'.repeat(6_000),
]
const ODD_VALUES = ['%', '%E0%A4%A', '%00', '%C0%AF', '+', '=', '&&&', '%2']
const ODD_NAMES = ['[]=1', '[a]=1', '.a=1', '%00=1', '__proto__[x]=1']
const FORGED = ['{"role":"admin"}', '{"role":"shop","shop":"shop-a","kind":"sk"}', '{', '[]']

export function createOddWays({ methods }: Document, wholes: Wholes) {
  const named = (operation: Operation, due: Case['due'], about: string) => ({ route: operation.route, due, about })

  const bytes = (operation: Operation): fc.Arbitrary<Case> =>
    fc.tuple(wholes(operation), brokenBytes).map(([whole, odd]) => {
      const body = odd.of(whole.body === null ? '{}' : bodyText(whole.body))
      const isJson = whole.body?.type === 'application/json' && operation.key !== 'none'
      // A body of no bytes is one that was left out.
      const isLeftOut = body.byteLength === 0 && !operation.needsBody
      const due = isJson && !isLeftOut && !isReadable(body, odd) ? 'refused' : 'answered'
      return {
        ...named(operation, isElsewhere(whole) ? 'elsewhere' : due, `the body ${odd.about}`),
        sent: built(operation, whole, { body }, odd.headers ?? []),
      }
    })

  const contentType = (operation: Operation): fc.Arbitrary<Case> =>
    fc.tuple(wholes(operation), fc.constantFrom(...CONTENT_TYPES)).map(([whole, type]) => ({
      ...named(operation, 'answered', `the content type is "${type.slice(0, 60)}"`),
      sent: built(operation, whole, {
        headers: [...authorised(whole.key), ...(type === '' ? [] : [['content-type', type] as const])],
      }),
    }))

  /** Names that are repeated, foreign, many, or broken in their writing. */
  const query = (operation: Operation): fc.Arbitrary<Case> => {
    const own = operation.parameters.filter((one) => one.in === 'query').map(({ name }) => name)
    const names = fc.constantFrom(...own, '__proto__', 'constructor', '', 'key', 'x').map(inAddress)
    const odd = fc.oneof(
      fc.tuple(names, oddTexts, oddTexts).map(([name, a, b]) => `${name}=${inAddress(a)}&${name}=${inAddress(b)}`),
      fc.tuple(names, fc.constantFrom(...ODD_VALUES)).map(([name, text]) => `${name}=${text}`),
      fc.tuple(names, fc.constantFrom(...ODD_NAMES)).map(([name, text]) => `${name}${text}`),
      fc.tuple(names, fc.constantFrom(100, 1_000)).map(([name, times]) => `${name}=1&`.repeat(times)),
      fc
        .tuple(names, fc.constantFrom('a', '1', ',', '[', '%5B', '%7B%22not%22%3A'))
        .map(([name, text]) => `${name}=${text.repeat(1_000)}`),
    )
    return fc.tuple(wholes(operation), odd).map(([whole, text]) => {
      const sent = built(operation, whole)
      const target = `${sent.target}${sent.target.includes('?') ? '&' : '?'}${text}`
      return { ...named(operation, 'answered', `the query is odd: ${text.slice(0, 60)}`), sent: { ...sent, target } }
    })
  }

  /** Addresses that are none, or somebody else's. */
  const address = (operation: Operation): fc.Arbitrary<Case> =>
    fc.tuple(wholes(operation), fc.constantFrom(...ODD_PATHS), fc.nat({ max: 60 })).map(([whole, odd, at]) => {
      const sent = built(operation, whole)
      const [path = '/', search] = sent.target.split('?', 2)
      const here = 1 + (at % path.length)
      const changed = `${path.slice(0, here)}${encodeURI(odd).replaceAll('%25', '%')}${path.slice(here)}`
      const target = search === undefined ? changed : `${changed}?${search}`
      return { ...named(operation, 'elsewhere', 'the address is odd'), sent: { ...sent, target } }
    })

  const headers = (operation: Operation): fc.Arbitrary<Case> =>
    fc
      .tuple(wholes(operation), fc.constantFrom(...READ_HEADERS), headerTexts, fc.constantFrom(0, 0, 0, 40))
      .map(([whole, name, text, more]) => {
        const others = Array.from({ length: more }, (_, at) => [`x-more-${at}`, text.slice(0, 100)] as const)
        return {
          ...named(operation, 'answered', `the header ${name} is odd`),
          sent: built(operation, whole, {}, [[name, text], ...others]),
        }
      })

  /** A key that is missing, broken, or nobody's; also a caller of the sender's own writing. */
  const keys = (operation: Operation): fc.Arbitrary<Case> => {
    const near = [`${KEYS.sk}0`, KEYS.sk.slice(0, -1), KEYS.sk.replace('sk_', 'pk_'), KEYS.revokedSk, `${KEYS.admin}0`]
    const odd: fc.Arbitrary<readonly (readonly [string, string])[]> = fc.oneof(
      fc.constant([]),
      headerTexts.map((text) => [['authorization', text] as const]),
      headerTexts.map((text) => [['authorization', `Bearer ${text}`] as const]),
      fc.constantFrom(...near).map(authorised),
      fc.constantFrom(...FORGED).map((caller) => [['x-shelfwise-caller', caller] as const]),
    )
    return fc.tuple(wholes(operation), odd).map(([whole, given]) => {
      const keyless = { ...whole, query: new Map([...whole.query].filter(([name]) => name !== 'key')) }
      return {
        ...named(operation, operation.key === 'none' ? 'answered' : 'no_key', 'the key is no key'),
        sent: built(operation, keyless, { headers: [...given, ...typed(whole.body)] }),
      }
    })
  }

  const method = (operation: Operation): fc.Arbitrary<Case> => {
    const others = METHODS.filter((one) => !methods.get(operation.path)!.includes(one))
    return fc.tuple(wholes(operation), fc.constantFrom(...others)).map(([whole, other]) => ({
      ...named(operation, isElsewhere(whole) ? 'elsewhere' : 'no_method', `the method is ${other}`),
      sent: built(operation, whole, other === 'GET' ? { method: other, body: null } : { method: other }),
    }))
  }

  /** What the document requires is left out: a parameter, the type of the body, or the body. */
  const lacking = (operation: Operation): fc.Arbitrary<Case>[] => {
    const required = operation.parameters.filter((one) => one.required && one.in === 'query')
    const parameters = required.map(({ name }) =>
      wholes(operation).map((whole): Case => {
        const rest = new Map([...whole.query].filter(([own]) => own !== name))
        return {
          ...named(operation, 'refused', `${name} is missing`),
          sent: built(operation, { ...whole, query: rest }),
        }
      }),
    )
    const main = [...operation.bodies.keys()][0]
    if (main === undefined || operation.key === 'none') return parameters
    // JSON is read as JSON whatever it says of itself, and no lines are no lines.
    const isJson = main !== NDJSON
    const bodiless = wholes(operation).map(
      (whole): Case => ({
        ...named(operation, isJson && operation.needsBody ? 'refused' : 'answered', 'the body is missing'),
        sent: built(operation, whole, { body: null }),
      }),
    )
    const untyped = wholes(operation).map(
      (whole): Case => ({
        ...named(operation, isJson ? 'answered' : 'refused', 'the content type is missing'),
        sent: built(operation, whole, { headers: authorised(whole.key) }),
      }),
    )
    return [...parameters, bodiless, untyped]
  }
  return { bytes, contentType, query, address, headers, keys, method, lacking }
}

/** Whether a reader that knows UTF-8 and JSON, and nothing of packing, reads it. */
function isReadable(body: Uint8Array, { headers }: Bytes): boolean {
  if (headers !== undefined) return true
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    return true
  } catch {
    return false
  }
}
