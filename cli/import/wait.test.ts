import { expect, test } from 'vitest'
import { jobsSchema } from '../answers.ts'
import { isBusy } from './wait.ts'

const picture = (job: Record<string, unknown>, waiting = 0) =>
  jobsSchema.parse({
    shop: 'hearth',
    items: { live: 10, waiting },
    waiting: { outbox: 0, events: 0, dead_letters: 0 },
    jobs: [
      { job: 'learn', state: 'idle', done: 1, total: 1, started_at: null, finished_at: null, error: null, ...job },
    ],
  })
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString()

test('what runs, waits or is about to run is waited for', () => {
  expect(isBusy(picture({ state: 'running' }))).toBe(true)
  expect(isBusy(picture({}, 3))).toBe(true)
  expect(isBusy(picture({ due: true }))).toBe(true)
  expect(isBusy(picture({ due: true, next_run_at: inMinutes(1) }))).toBe(true)
})

test('what is done, has failed or is the work of a language model is not', () => {
  expect(isBusy(picture({}))).toBe(false)
  expect(isBusy(picture({ due: true, state: 'failed' }))).toBe(false)
  expect(isBusy(picture({ job: 'enrich', due: true }))).toBe(false)
})

test('what is planned for later is waited for only by who needs it learned', () => {
  const planned = picture({ due: true, next_run_at: inMinutes(8) })
  expect(isBusy(planned)).toBe(false)
  expect(isBusy(planned, true)).toBe(true)
})
