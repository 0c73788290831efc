/**
 * Hostile input on every route of the OpenAPI document: `npm run check:input -- [--quick] [--seed N] [--only "PUT /v1/items/{id}"]`.
 * 100,000 cases against the workers in this process and 10,000 over a socket against the whole stack in workerd; with --quick
 * a twentieth. `--door process` or `--door wire` asks one of the two; `--path` (with the seed and the route of a fault)
 * asks one case again. Prints figures as JSON; exits with 1 when an answer was wrong.
 */
import { parseArgs } from 'node:util'
import { readDocument } from './input/document.ts'
import { openInProcess } from './input/doors.ts'
import { linesOf, shortfalls } from './input/report.ts'
import { runInput } from './input/run.ts'
import { openOverWire } from './input/wire.ts'

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: '20261122' },
    only: { type: 'string' },
    path: { type: 'string' },
    door: { type: 'string' },
    cases: { type: 'string' },
  },
})
const DOORS = {
  process: { cases: 100_000, open: () => openInProcess() },
  wire: { cases: 10_000, open: openOverWire },
} as const
const QUICK_PART = 20

const seed = Number(flags.seed)
const names = (Object.keys(DOORS) as (keyof typeof DOORS)[]).filter(
  (name) => flags.door === undefined || flags.door === name,
)
if (!Number.isSafeInteger(seed) || names.length === 0) {
  console.error('--seed is a whole number, --door is process or wire')
  process.exit(2)
}
const { only, path } = flags
const document = readDocument()
for (const name of names) {
  const { cases, open } = DOORS[name]
  const wanted = flags.cases === undefined ? cases / (flags.quick ? QUICK_PART : 1) : Number(flags.cases)
  const started = performance.now()
  const door = await open()
  try {
    const report = await runInput(document, door, {
      ...{ seed, cases: wanted },
      ...(only === undefined ? {} : { only }),
      ...(path === undefined ? {} : { path }),
    })
    const { found, ...figures } = report
    const missing = only === undefined ? shortfalls(report) : []
    const seconds = Math.round((performance.now() - started) / 1_000)
    const cpuSeconds = Math.round(process.cpuUsage().user / 1e6)
    console.log(
      JSON.stringify(
        { door: name, ...figures, found: found.length, missing, seconds, cpu_seconds: cpuSeconds },
        null,
        2,
      ),
    )
    for (const one of found) console.log(linesOf(one, seed, name).join('\n'))
    if (found.length + missing.length > 0) process.exitCode = 1
  } finally {
    await door.close()
  }
}
