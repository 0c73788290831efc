import { expect, test } from 'vitest'
import { wranglerFailure } from './wrangler.ts'

const REFUSED = `
 ⛅️ wrangler 4.164.0
────────────────────
✘ [ERROR] A request to the Cloudflare API (/accounts/x/workers/scripts/shelfwise-enrich) failed.

  CPU limits are not supported for the Free plan. [code: 100328]

🪵  Logs were written to "/somewhere"
`

test('the platform’s number says what to do, and its words are told', () => {
  const failure = wranglerFailure('deployment of shelfwise-enrich', REFUSED)
  expect(failure.code).toBe('plan_too_small')
  expect(failure.message).toMatch(/Free plan/)
  expect(failure.message).not.toMatch(/Logs were written|⛅/)
})

test('what has no number is wrangler’s own failure, without the colours of a terminal', () => {
  const failure = wranglerFailure('migrations of a', '\u001b[31mno such file\u001b[0m\n')
  expect(failure.code).toBe('wrangler_failed')
  expect(failure.message).toBe('migrations of a failed:\n  no such file')
})
