/**
 * A line of a lexicon: `id|parents|en|de|ja|zh`, terms parted by commas. A parent is what the thing also is (oak is wood):
 * the source's "oak" supports a claim of wood, never the other way round.
 */
export type LexiconLine = string

export const LEXICON_LANGUAGES = ['en', 'de', 'ja', 'zh'] as const
export type LexiconLanguage = (typeof LEXICON_LANGUAGES)[number]

/** What a concept is about; what is checked of a claim depends on it. */
export const KINDS = [
  'material',
  'colour',
  'property',
  'name',
  'place',
  'certificate',
  'gender',
  'age_group',
  'style',
  'pattern',
  'occasion',
  'room',
  'season',
  'feature',
] as const
export type Kind = (typeof KINDS)[number]
