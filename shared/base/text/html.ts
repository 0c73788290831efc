import { Parser } from 'htmlparser2'
import { cleanText } from './clean.ts'

/** Elements whose content is not for readers, or is a fallback for what is shown instead. */
const DROPPED = new Set(
  'script style template noscript svg math head title iframe object audio video canvas textarea select datalist'.split(
    ' ',
  ),
)
/** Elements that begin and end a line. */
const BLOCKS = new Set(
  `address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form
   h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol option p pre section summary table tbody tfoot thead tr ul br`.split(
    /\s+/,
  ),
)
/** Elements that stand beside each other and are no part of one word. */
const CELLS = new Set(['td', 'th', 'button', 'label', 'img', 'input'])
const LIST_MARK = '• '

/** Browsers flatten what is nested deeper than 512; the parser's stack costs time in proportion to its depth. */
const DEEPEST = 256

const HIDING_STYLE = /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)/i

/** A parser whose stack is bounded: elements below the deepest level are taken as if they were empty. */
class BoundedParser extends Parser {
  depth = 0
  /** Whether the tag at hand opens below the deepest level. */
  isFlat = false

  override onopentagname(start: number, end: number): void {
    this.isFlat = this.depth >= DEEPEST
    super.onopentagname(start, end)
  }
  override onclosetag(start: number, end: number): void {
    this.isFlat = false
    super.onclosetag(start, end)
  }
  protected override isVoidElement(name: string): boolean {
    return super.isVoidElement(name) || (this.isFlat && name !== '')
  }
}

/** Gathers words; breaks and blanks between them are kept until the next word, so that none are doubled. */
class Lines {
  private readonly parts: string[] = []
  private gap: '' | ' ' | '\n' = ''
  private mark = ''

  break(): void {
    this.gap = '\n'
  }
  blank(): void {
    if (this.gap === '') this.gap = ' '
  }
  listItem(): void {
    this.gap = '\n'
    this.mark = LIST_MARK
  }
  text(data: string): void {
    for (const piece of data.split(/([\t\n\f\r ]+)/)) {
      if (piece === '') continue
      if (/^[\t\n\f\r ]/.test(piece)) this.blank()
      else this.word(piece)
    }
  }
  private word(piece: string): void {
    if (this.parts.length > 0) this.parts.push(this.gap)
    this.parts.push(this.mark, piece)
    this.gap = ''
    this.mark = ''
  }
  toString(): string {
    return this.parts.join('')
  }
}

/**
 * The words that a reader of the page would see, one line a block, list items marked with a bullet. Scripts, styles,
 * comments and hidden elements are left out, entities are decoded. Text without markup comes back with its white space
 * folded. Never throws; the time grows with the length alone, whatever the nesting.
 */
export function htmlToText(html: string): string {
  const lines = new Lines()
  let depth = 0
  let droppedFrom = Number.POSITIVE_INFINITY
  const parser: BoundedParser = new BoundedParser({
    onopentag(name, attributes) {
      depth += 1
      parser.depth = depth
      if (depth > droppedFrom) return
      if (BLOCKS.has(name)) name === 'li' ? lines.listItem() : lines.break()
      else if (CELLS.has(name)) lines.blank()
      // What is hidden below the deepest level has no end that is known: nothing is shown until the level above ends.
      if (isHidden(name, attributes)) droppedFrom = parser.isFlat ? depth - 1 : depth
    },
    onclosetag(name) {
      if (depth === droppedFrom && !(parser.isFlat && depth > DEEPEST)) droppedFrom = Number.POSITIVE_INFINITY
      depth -= 1
      parser.depth = depth
      if (depth >= droppedFrom) return
      if (BLOCKS.has(name)) lines.break()
      else if (CELLS.has(name)) lines.blank()
    },
    ontext(data) {
      if (depth < droppedFrom) lines.text(data)
    },
  })
  parser.end(html)
  return lines.toString()
}

const isHidden = (name: string, attributes: Record<string, string>): boolean =>
  DROPPED.has(name) ||
  Object.hasOwn(attributes, 'hidden') ||
  (attributes.style !== undefined && HIDING_STYLE.test(attributes.style))

// Names, so that `I <3 tea`, `a < b` and `List<string>` are no markup.
const ELEMENTS = new Set(
  `a abbr acronym b bdi bdo big cite code col colgroup del dfn em embed font i ins kbd link map mark meta param picture q
   rp rt ruby s samp small source span strike strong sub sup time track tt u var wbr`.split(/\s+/),
)
const isElement = (name: string) => ELEMENTS.has(name) || BLOCKS.has(name) || CELLS.has(name) || DROPPED.has(name)

const TAG = /<\/?([a-z][a-z0-9]*)(?:\s[^<>]*|\/)?>/gi
const OTHER_MARKUP = /<!--|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});/i

/** Whether a text carries a tag, a comment or an entity. */
export function hasMarkup(text: string): boolean {
  if (!/[<&]/.test(text)) return false
  if (OTHER_MARKUP.test(text)) return true
  for (const [, name] of text.matchAll(TAG)) if (isElement(name!.toLowerCase())) return true
  return false
}

/** Markup that was escaped on its way is unpacked this often; what is left then is shown as it is. */
const MOST_LAYERS = 4

/**
 * Clean text of a field that may hold markup or not. Cleaning and unpacking take turns until neither changes anything:
 * a tag may be cut in two by an invisible character, and an entity may hide one.
 */
export function plainText(text: string): string {
  let plain = cleanText(text)
  for (let layer = 0; layer < MOST_LAYERS && hasMarkup(plain); layer++) plain = cleanText(htmlToText(plain))
  return plain
}
