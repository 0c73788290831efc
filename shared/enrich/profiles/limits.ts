import { DAY_MS } from '../../base/clock.ts'

/** What bounds the profiles of a shop, each with its reason. */
export const PROFILE_LIMITS = {
  /** Fewer events say what was looked at last, and the live store knows that already. */
  eventsMin: 5,
  /** A profile is made anew when its events grew by so many ... */
  growthEvents: 5,
  /** ... or by this share of them, whichever comes first ... */
  growthShare: 0.25,
  /** ... and by this share at least: five more say nothing new of two hundred, and a model is paid by the profile. */
  growthShareMin: 0.1,
  /** Who has not been seen for this long, by the shop's newest event, has no profile; one is purged as late. */
  absentMs: 180 * DAY_MS,
  /** Shoppers counted at once: 150 bytes each. With more, a share of them is counted in each run. */
  shoppersCounted: 200_000,
  /** Histories held at once: so many shoppers ... */
  shoppersPerRound: 500,
  /** ... with so many events each, the newest: 30 MB at most. */
  eventsPerShopper: 200,
  /** Readings of the partitions in one run. */
  rounds: 4,
  /** Items of a history that are compared with each other: the square of it is the work. */
  itemsPerShopper: 60,
  /** Shoppers whose items are read from the catalogue together. */
  shoppersPerRead: 20,
  /** Items kept in memory during a run: a few kilobytes each. */
  itemsHeld: 4_000,
  representatives: 5,
  /** Names kept of each kind. */
  categories: 8,
  brands: 5,
  attributes: 10,
  markets: 3,
  /** A taste below this is noise. */
  weightMin: 0.04,
  /** What was wanted so long ago counts half. */
  halfLifeMs: 60 * DAY_MS,
  /** Questions to a language model in one run; the rest of the shoppers have their rule-based form. */
  modelCallsPerRun: 50,
  modelDeadlineMs: 20_000,
  /** Waited for answers in one run, and no question is begun beyond: vectors and learning of all other shops wait too. */
  modelTimeMs: 15_000,
  /** Items of a history that a model is shown, and of each its longest texts. */
  itemsShown: 40,
  titleChars: 120,
  attributesShown: 8,
} as const
