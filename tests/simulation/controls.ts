/** Rules broken on purpose: a simulation that does not notice them proves nothing. */
import type { Rule } from './judge.ts'
import type { Control, SimulationReport } from './simulate.ts'

const has = ({ findings }: SimulationReport, ...rules: readonly Rule[]) =>
  rules.some((rule) => findings.some((finding) => finding.rule === rule))

const GUARD =
  /WHERE \(excluded\.source_at, excluded\.source_version, excluded\.content_hash\)\s+> \(items\.source_at, items\.source_version, items\.content_hash\)/

/** A delete that leaves nothing behind which could stand against a late update. */
const forget = (sql: string): string =>
  /^\s*INSERT INTO items\b/.test(sql) && sql.includes("'tombstone'")
    ? "DELETE FROM items WHERE shop = ?1 AND id IN (SELECT json_extract(value, '$.id') FROM json_each(?2)) AND ?3 > 0"
    : sql

export const CONTROLS: readonly Control[] = [
  {
    name: 'no version guard',
    rewrite: (sql) => sql.replace(GUARD, 'WHERE true'),
    caught: (report) => report.rewritten > 0 && has(report, 'b') && has(report, 'c'),
  },
  {
    name: 'no tombstone',
    rewrite: forget,
    caught: (report) => report.rewritten > 0 && has(report, 'c'),
  },
  {
    name: 'acknowledging before the commit',
    acknowledgeFirst: true,
    caught: (report) => has(report, 'a', 'b', 'c'),
  },
  {
    name: 'no sweep after lost signals',
    noSweep: true,
    caught: (report) => has(report, 'e') && report.roundsToQuiet === null,
  },
]
