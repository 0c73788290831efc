import { expect, test } from 'vitest'
import { scanSql, splitStatements } from './sql_scan.ts'

test('semicolons in strings, names and comments end nothing', () => {
  const script = `
-- a comment; with a semicolon
CREATE TABLE a (x TEXT DEFAULT ';''; still text'); /* block; comment */
INSERT INTO "odd;name" VALUES (';'), (\`x\`), ([y;z]);
;
SELECT 1`
  expect(splitStatements(script)).toEqual([
    "-- a comment; with a semicolon\nCREATE TABLE a (x TEXT DEFAULT ';''; still text')",
    '/* block; comment */\nINSERT INTO "odd;name" VALUES (\';\'), (`x`), ([y;z])',
    'SELECT 1',
  ])
})

test('a trigger keeps its body, CASE and all', () => {
  const trigger = `CREATE TRIGGER IF NOT EXISTS t AFTER UPDATE ON a WHEN old.x <> 'begin; end' BEGIN
    UPDATE a SET x = CASE WHEN new.x = 1 THEN 2 ELSE 3 END;
    INSERT INTO log VALUES ('end;'); -- end;
  END`
  expect(splitStatements(`${trigger};\nSELECT 1;`)).toEqual([trigger, 'SELECT 1'])
  expect(splitStatements(`create temp trigger t after insert on a begin select 1; end; SELECT 2`)).toHaveLength(2)
})

test('a begin outside a trigger is a statement of its own', () => {
  expect(splitStatements('BEGIN; SELECT 1; END')).toEqual(['BEGIN', 'SELECT 1', 'END'])
})

test.each([
  ['SELECT ?, ?', 2],
  ['SELECT ?2, ?', 3],
  ['SELECT ?1, ?1', 1],
  ['SELECT :a, @b, $c, :a', 3],
  ['SELECT \'?\', "?" -- ?', 0],
])('counts the parameters of %s', (sql, count) => {
  expect(scanSql(sql).statements[0]!.parameters).toBe(count)
})

test('nothing but comments is no statement', () => {
  expect(scanSql('-- x\n/* y */').statements).toEqual([])
  expect(splitStatements('')).toEqual([])
})
