import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ItemLine } from '../../shared/domain/item.ts'
import { type ArtSubject, artOf, coloursOf } from './art.ts'
import { motifFor } from './choose.ts'
import { colourNamed, mix } from './colour.ts'
import { vase } from './motifs/bottles.ts'
import type { Shape } from './shape.ts'

const shops = ['hearth-and-field', 'tsukimi']
const items = shops.flatMap((shop) =>
  readFileSync(new URL(`../../demo/shops/${shop}/items.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ItemLine),
)

const flat = (shapes: readonly Shape[]): Shape[] => shapes.flatMap((shape) => [shape, ...flat(shape.children ?? [])])

describe('product art', () => {
  it('draws every demo item the same way twice, with finite numbers and real colours', () => {
    for (const item of items) {
      const art = artOf(item as ArtSubject)
      expect(artOf(structuredClone(item) as ArtSubject)).toEqual(art)
      const text = JSON.stringify(flat(art.shapes).map((shape) => shape.attrs))
      expect(text, item.id).not.toMatch(/NaN|undefined|Infinity|null/)
      expect(art.tone).toMatch(/^#[0-9a-f]{6}$/)
      expect(flat(art.shapes).length).toBeGreaterThan(3)
    }
  })

  it('knows a motif for every demo item', () => {
    const unknown = items.filter((item) => motifFor(item.title, item.categories ?? []) === vase)
    expect(unknown.map((item) => item.id)).toEqual(['so-006'])
  })

  it('knows every colour word of the demo shops', () => {
    const words = new Set(items.flatMap((item) => coloursOf(item.attributes)))
    expect([...words].filter((word) => colourNamed(word) === undefined)).toEqual([])
  })

  it('gives items of one family their own look', () => {
    const pots = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => JSON.stringify(artOf({ id, title: 'Teapot' })))
    expect(new Set(pots).size).toBeGreaterThan(3)
  })

  it('follows the colour of a variant', () => {
    const subject = { id: 'x', title: 'Mug', attributes: { colour: ['moss', 'ink'] } }
    expect(artOf(subject).tone).toBe(colourNamed('moss'))
    expect(artOf(subject, 'Ink').tone).toBe(colourNamed('ink'))
    expect(artOf(subject, 'Large').tone).toBe(colourNamed('moss'))
  })

  it('mixes colours by part', () => {
    expect(mix('#000000', '#ffffff', 0.5)).toBe('#808080')
    expect(mix('#102030', '#ffffff', 0)).toBe('#102030')
  })
})
