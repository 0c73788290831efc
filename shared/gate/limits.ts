/** Every figure that the gate decides by. */
export const GATE = {
  /** How often, at most, an order that is no better than the base order may go live, over all trials of it. */
  alpha: 0.05,
  /** Shoppers with more items than this have the learned order, where a shop's own evidence does not say otherwise. */
  defaultCrossing: 5,
  /** The share of live shelves that go on being drafts of both orders. */
  draftShare: 0.05,
  /** Logged shelves that a replay wants, and takes at most: each costs a call. */
  replayShelves: { min: 100, max: 1_000 },
  /** Shelves that were ordered in shadow before a trial: what is never ready in time cannot be tried. */
  shadowShelves: 500,
  /** Drafts of each history length up to the one behind the crossing, before the crossing is chosen ... */
  settledDrafts: 1_000,
  /** ... unless the trial has lasted this long: some lengths are rare. */
  patienceDays: 28,
  /** History lengths with fewer shelves do not keep an order going that all others speak against. */
  rareShelves: 200,
  /** A trial that has shown nothing in this many days ends. */
  trialDays: 90,
  /** After a trial or a replay without success; times the trials so far. */
  restDays: 28,
  /** Days of live drafts that are looked back at, and how many of them are enough to say that there is no gain. */
  reviewDays: 56,
  reviewDrafts: 20_000,
  /** Days between false alarms of a live order, at least, on average: an alarm costs a new trial. */
  alarmDays: 1_000,
} as const
