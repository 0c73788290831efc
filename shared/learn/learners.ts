import { clustersLearner } from './clusters.ts'
import { complementsLearner } from './complements.ts'
import { factorsLearner } from './factors.ts'
import { wishSampleLearner } from './factors_sample.ts'
import { habitsLearner } from './habits.ts'
import { interestsLearner } from './interests_pool_fit.ts'
import { itemStatsLearner } from './item_stats.ts'
import type { Learner } from './learner.ts'
import { popularityLearner, trendingLearner } from './popularity.ts'
import { comersLearner } from './ranker/comers.ts'
import { rankerLearner } from './ranker/ranker.ts'
import { occasionMatrix, shopperMatrix, visitSequences } from './regression/models.ts'
import { neighboursLearner } from './regression/neighbours.ts'
import { rewound, timelineLearner } from './rewound.ts'
import { scenesLearner } from './scenes.ts'
import { marketsLearner } from './scenes_markets.ts'

/** Everything that is learned, in the order of dependence. */
export const LEARNERS: readonly Learner[] = [
  marketsLearner,
  popularityLearner,
  trendingLearner,
  scenesLearner,
  itemStatsLearner,
  habitsLearner,
  shopperMatrix,
  occasionMatrix,
  visitSequences,
  neighboursLearner,
  complementsLearner,
  factorsLearner,
  wishSampleLearner,
  interestsLearner,
  clustersLearner,
  // The same of all but the last weeks, and what those weeks then showed.
  timelineLearner,
  ...[marketsLearner, scenesLearner, itemStatsLearner, trendingLearner].map(rewound),
  ...[shopperMatrix, occasionMatrix, visitSequences].map(rewound),
  comersLearner,
  rankerLearner,
]
