import { hash32 } from '../../shared/base/hash.ts'
import { type Rng, seededRng } from '../../shared/base/rng.ts'
import type { Catalogue } from './catalogue.ts'
import { dirichlet, gamma, normal, weightedIndex } from './draw.ts'
import type { MarketMix, SimulatorConfig } from './types.ts'

/** One simulated person. Everything below `market` is hidden from policies. */
export interface Shopper {
  /** `u-0001` for a signed-in shopper, `a-0001` for an anonymous one. */
  id: string
  anonymous: boolean
  market: MarketMix
  /** Latent style cluster: shoppers of one cluster lean towards the same styles, materials and brands. */
  cluster: number
  /** Share of interest per category path; sums to one. */
  categoryTaste: Map<string, number>
  /** Additive liking per feature, in logits. */
  featureTaste: Map<string, number>
  sessions: number
  /** Zero does not look at prices; about one is usual; above two buys on price alone. */
  priceSensitivity: number
  /** The price this person finds right, as a multiple of the category's median. */
  referenceMultiple: number
  noveltySeeking: number
  /** Shelves that a session lasts before tiredness sets in. */
  patience: number
}

const CLUSTERS = 5
/** Spread of a cluster's liking per field, in logits: style divides people most, colour least. */
const FIELD_SPREAD: Record<string, number> = { style: 0.9, material: 0.3, brand: 0.35, colour: 0.15 }
const OWN_SPREAD = 0.35
/** A shopper follows the cluster's categories with this weight; the rest is personal. */
const CLUSTER_CONCENTRATION = 7
const MAX_SESSIONS = 60

interface Cluster {
  categories: number[]
  features: number[]
}

/**
 * Draws the population. Taste is hierarchical: a cluster is a Dirichlet over categories and normal likings over features,
 * a shopper a Dirichlet around the cluster (the mixed-membership idea of Blei, Ng and Jordan, 2003). Activity is lognormal,
 * so that a few shoppers make many sessions; price sensitivity is gamma, as in mixed logit demand (McFadden and Train, 2000).
 */
export function population(config: SimulatorConfig, catalogue: Catalogue): Shopper[] {
  const rng = seededRng(hash32('clusters', config.seed))
  const clusters = Array.from({ length: CLUSTERS }, () => drawCluster(rng, catalogue))
  return Array.from({ length: config.shoppers }, (_, index) =>
    drawShopper(index, config, catalogue, clusters, seededRng(hash32(`shopper ${index}`, config.seed))),
  )
}

function drawCluster(rng: Rng, catalogue: Catalogue): Cluster {
  const roots = dirichlet(
    rng,
    catalogue.roots.map(() => 0.8),
  )
  const rootOf = (category: string) => catalogue.roots.indexOf(catalogue.byCategory.get(category)![0]!.root)
  const within = catalogue.categories.map((category) => gamma(rng, 0.7) * (roots[rootOf(category)]! + 0.02))
  const total = within.reduce((sum, weight) => sum + weight, 0)
  return {
    categories: within.map((weight) => weight / total),
    features: catalogue.features.map((feature) => spreadOf(feature) * normal(rng)),
  }
}

function spreadOf(feature: string): number {
  return FIELD_SPREAD[feature.slice(0, feature.indexOf(':'))] ?? 0
}

function drawShopper(
  index: number,
  config: SimulatorConfig,
  catalogue: Catalogue,
  clusters: readonly Cluster[],
  rng: Rng,
): Shopper {
  const market =
    config.markets[
      weightedIndex(
        rng,
        config.markets.map((each) => each.share),
      )
    ]!
  const anonymous = rng.next() < 0.3
  const cluster = rng.int(clusters.length)
  const base = clusters[cluster]!
  const weights = dirichlet(
    rng,
    base.categories.map((weight) => CLUSTER_CONCENTRATION * weight + 0.02),
  )
  // Visitors who never sign in also come back less often.
  const median = config.medianSessions * (anonymous ? 0.6 : 1)
  return {
    id: `${anonymous ? 'a' : 'u'}-${String(index + 1).padStart(4, '0')}`,
    anonymous,
    market,
    cluster,
    categoryTaste: new Map(catalogue.categories.map((category, i) => [category, weights[i]!])),
    featureTaste: new Map(
      catalogue.features.map((feature, i) => [
        feature,
        base.features[i]! + OWN_SPREAD * spreadOf(feature) * normal(rng),
      ]),
    ),
    sessions: Math.min(MAX_SESSIONS, Math.max(1, Math.round(median * Math.exp(0.85 * normal(rng))))),
    priceSensitivity: gamma(rng, 2) / 2,
    referenceMultiple: Math.exp(0.35 * normal(rng)),
    noveltySeeking: 0.6 * gamma(rng, 1.5),
    patience: 2 + gamma(rng, 2) * 1.5,
  }
}
