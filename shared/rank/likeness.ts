import type { Card } from '../domain/card.ts'

/** The features that make two items look alike on a shelf, each with its weight. */
function featuresOf(card: Pick<Card, 'brand' | 'categories' | 'attributes'>): Map<string, number> {
  const features = new Map<string, number>()
  if (card.brand !== null) features.set(`brand ${card.brand}`, 1)
  // The whole path counts, so that siblings are a little alike and twins very much.
  for (const path of card.categories) {
    const steps = path.split(' > ')
    for (let depth = 1; depth <= steps.length; depth++)
      features.set(`category ${steps.slice(0, depth).join(' > ')}`, 1.5)
  }
  for (const [name, value] of Object.entries(card.attributes)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one === 'string') features.set(`${name} ${one}`, 0.5)
    }
  }
  return features
}

/** Weighted Jaccard likeness of items in [0, 1], each item's features computed once. */
export function likenessOf(cards: readonly Card[]): (a: number, b: number) => number {
  const features = cards.map(featuresOf)
  const totals = features.map((own) => [...own.values()].reduce((sum, weight) => sum + weight, 0))
  return (a, b) => {
    let shared = 0
    for (const [feature, weight] of features[a]!) if (features[b]!.has(feature)) shared += weight
    const union = totals[a]! + totals[b]! - shared
    return union === 0 ? 0 : shared / union
  }
}
