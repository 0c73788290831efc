/** Every limit and tuned constant of the local embedder, with its unit and reason. */

/** Length of every vector. */
export const DEFAULT_DIMENSIONS = 256
/**
 * Share of the dimensions that is latent. Measured: 64 of 256 gives purer neighbours than 48, 96, 128 or 256, and
 * leaves 192 to the lexical part, whose noise falls with the root of its size.
 */
export const LATENT_SHARE = 1 / 4
/**
 * Term vectors are V s^0.5, then of unit length. Between -0.5 and 0.5 the power hardly moves purity (.854, .853) or
 * search (.811, .811), but the higher one holds synonyms together; 1 costs .004 and .003.
 */
export const SINGULAR_POWER = 0.5
/** Power iterations of the randomised SVD: text has a flat spectrum; from 2 to 4 purity@10 rises by .009 for a second of CPU. */
export const POWER_ITERATIONS = 4

/** Fewer documents have no statistics to learn from: the lexical part alone serves. */
export const MIN_DOCUMENTS_TO_LEARN = 24

/** Rows of the term table; row numbers are Uint16, and 60,000 rows stay far below the 25 MiB of a KV value. */
export const MAX_TERMS = 60_000
/** Rows granted per document, so that the artefact grows with the shop and not with its verbosity. */
export const TERMS_PER_DOCUMENT = 4
/** Rows granted to the smallest catalogue. */
export const MIN_TERM_BUDGET = 6_000
/** Documents that must hold a pair of words: a rarer pair is chance, and pairs are most of all distinct features. */
export const MIN_PAIR_DOCUMENTS = 3

/** Characters of one text that are read: beyond it a description is boilerplate or an attack. */
export const MAX_TEXT_UNITS = 20_000
/** Tokens of one field that are read. */
export const MAX_TOKENS_PER_FIELD = 4_000

export const MIN_NGRAM_UNITS = 3
export const MAX_NGRAM_UNITS = 5
/** Rows of the n-gram table (a power of two): 2 MB at 64 latent dimensions. */
export const NGRAM_BUCKETS = 32_768
/** What a word that is known by its n-grams alone weighs beside a known word of the same rarity. */
export const GUESSED_WORD_SHARE = 0.5

/** Non-zero entries of a feature's random direction: very sparse projection, Li, Hastie and Church, KDD 2006. */
export const LEXICAL_SIGNS = 8
/** What a pair of words weighs in the lexical part beside a word: both its words are counted there already. */
export const LEXICAL_PAIR_SHARE = 0.6
/** Power of an item's lexical weights: above 1 its few telling words (a title's) outshine a long description's tail. */
export const ITEM_LEXICAL_POWER = 1.5
/**
 * Length of the lexical part beside a latent part of length 1. Cosines are bilinear, so items and queries may differ:
 * item to item the lexical part counts 0.5 x 0.5 = a quarter, query to item 0.5 x 7 = three and a half times.
 */
export const ITEM_LEXICAL_LENGTH = 0.5
export const QUERY_LEXICAL_LENGTH = 7
