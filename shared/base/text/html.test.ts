import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasMarkup, htmlToText, plainText } from './html.ts'

const SEED = 20_261_123

test.each<[string, string]>([
  ['<p>One</p><p>Two</p>', 'One\nTwo'],
  ['One<br>two<br/>three', 'One\ntwo\nthree'],
  ['<ul><li>Oak</li><li>5 cm<ul><li>deep</ul></ul>end', '• Oak\n• 5 cm\n• deep\nend'],
  ['<p>A <b>bold</b>er <i>word</i></p>', 'A bolder word'],
  ['<table><tr><td>Size</td><td>5</td></tr><tr><td>Mass</td></tr></table>', 'Size 5\nMass'],
  ['Tea &amp; cake &#8211; 5&nbsp;&euro; &lt;b&gt;', 'Tea & cake – 5\u00a0€ <b>'],
  ['a<script>alert("</p>")</script>b<style>p{}</style>c<!-- no -->d', 'abcd'],
  ['a<template><p>x</p></template><noscript>y</noscript><svg><text>z</text></svg>b', 'ab'],
  ['<head><title>t</title></head><body>b</body>', 'b'],
  ['a<span hidden>x<b>y</b></span>b<p style="color:red; DISPLAY : none">z</p>c', 'ab\nc'],
  ['I <3 tea, a < b', 'I <3 tea, a < b'],
  ['  a \n\t b  ', 'a b'],
  ['<p>unclosed <b>tags', 'unclosed tags'],
  ['</p></div>x', 'x'],
  ['<div a="1" a="2" __proto__="x">y</div>', 'y'],
  ['a<form>b<form>c</form>d', 'a\nbc\nd'],
  ['', ''],
])('%j', (html, text) => {
  expect(htmlToText(html)).toBe(text)
})

test.each<[string, boolean]>([
  ['<p>x', true],
  ['x<br/>', true],
  ['&amp;', true],
  ['&#39;', true],
  ['<!-- x', true],
  ['I <3 tea', false],
  ['a < b and c > d', false],
  ['List<string>', false],
  ['Tom & Jerry; <size> "q"', false],
  ['AT&T', false],
])('%j has markup: %s', (text, expected) => {
  expect(hasMarkup(text)).toBe(expected)
})

test('plain text stays as it is, escaped markup is unpacked', () => {
  expect(plainText('I <3 tea & a < b')).toBe('I <3 tea & a < b')
  expect(plainText('&lt;p&gt;Tea &amp;amp; cake&lt;/p&gt;')).toBe('Tea & cake')
  expect(plainText('a<\u202escript>x</script>b&#x3c;b&#x200b;>c')).toBe('abc')
})

test('what is hidden stays hidden, however deep', () => {
  for (const depth of [1, 250, 254, 255, 256, 257, 300, 5_000]) {
    const deep = `${'<div>'.repeat(depth)}seen<span hidden>SECRET</span>${'</div>'.repeat(depth)}`
    expect(htmlToText(deep), `depth ${depth}`).toBe('seen')
    const inner = `<p style="display:none">${'<i>'.repeat(depth)}SECRET${'</i>'.repeat(depth)}</p>after`
    expect(htmlToText(inner), `depth ${depth}`).toBe('after')
  }
})

/** Time in proportion to length: twice as long may not take four times as long, with room for a busy machine. */
const HOSTILE: Array<[string, (size: number) => string]> = [
  ['nesting', (size) => '<div>'.repeat(size)],
  ['nesting that closes', (size) => '<b>'.repeat(size) + '</b>'.repeat(size)],
  ['closings of nothing', (size) => '<i>'.repeat(size) + '</u>'.repeat(size)],
  ['implied paragraphs', (size) => '</p>'.repeat(size)],
  ['foreign elements', (size) => '<svg><desc>'.repeat(size) + '</svg>'.repeat(size)],
  ['hidden elements', (size) => '<p hidden>'.repeat(size)],
  ['tags that never end', (size) => '<div '.repeat(size)],
  ['comments that never end', (size) => '<!--'.repeat(size)],
  ['open angles', (size) => '<'.repeat(size)],
  ['ampersands', (size) => '&'.repeat(size)],
  ['blanks', (size) => '&#32; '.repeat(size)],
  ['attributes', (size) => `<p ${Array.from({ length: size }, (_, index) => `a${index}=1`).join(' ')}>`],
  ['one attribute', (size) => `<p style="${'; display'.repeat(size)}">`],
  ['scripts', (size) => '<script>'.repeat(size)],
  ['entities', (size) => '&amp;'.repeat(size)],
]
test.each(HOSTILE)('bounded time: %s', (_name, make) => {
  const html = make(200_000)
  const started = performance.now()
  htmlToText(html)
  hasMarkup(html)
  expect(performance.now() - started).toBeLessThan(5_000)
})

test('never throws, and shows no script', () => {
  const piece = fc.constantFrom(
    '<p>',
    '</p>',
    '<b',
    '>',
    '<script>',
    '</script>',
    '<!--',
    '-->',
    '&amp',
    ';',
    '"',
    'x',
    ' ',
    '<form>',
    '</form>',
    '<svg/>',
    '<br hidden>',
    '<li>',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 60 }), (pieces) => {
      const html = pieces.join('')
      htmlToText(html)
      const around = `<i>before</i><script>SECRET${html.replaceAll('<', '')}</script>`
      expect(htmlToText(around)).toBe('before')
    }),
    { seed: SEED, numRuns: 2_000 },
  )
})

test('unpacking settles: a second pass changes nothing', () => {
  const word = fc.constantFrom('tea', '<b>', '&lt;', '&amp;', '<', '&', 'a < b', '<3', '<br>', ' ')
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), (words) => {
      const once = plainText(words.join(' '))
      expect(plainText(once)).toBe(once)
    }),
    { seed: SEED, numRuns: 2_000 },
  )
})
