import { expect, test } from 'vitest'
import { readOptions } from './arguments.ts'

test('nothing said is a deployment of the first installation', () => {
  expect(readOptions([])).toEqual({
    ...{ dryRun: false, environment: null, address: null, renew: [], force: false, help: false },
  })
  expect(
    readOptions(['--env', 'staging', '--address', 'https://a.example/', '--renew', 'SIGNING_SECRET']),
  ).toMatchObject({
    ...{ environment: 'staging', address: 'https://a.example', renew: ['SIGNING_SECRET'] },
  })
})

test.each([
  [['--env', 'local'], 'this machine'],
  [['--env', 'Staging'], 'lower case'],
  [['--env', 'a'.repeat(21)], '20 at most'],
  [['--address', 'shop.example'], 'an address such as'],
  [['--address', 'ftp://shop.example'], 'an address such as'],
  [['--renew', 'signing'], 'name of a secret'],
  [['production'], 'not expected'],
  [['--dryrun'], '--dryrun'],
])('%j is refused', (argv, said) => {
  expect(() => readOptions(argv)).toThrow(said)
})
