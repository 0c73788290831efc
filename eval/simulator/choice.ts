import { type Catalogue, priceKey, type SimItem } from './catalogue.ts'
import { sigmoid } from './draw.ts'
import type { Memory } from './memory.ts'
import type { Shopper } from './shopper.ts'
import type { Complement, Strengths } from './types.ts'

const DAY_MS = 86_400_000
const NOVELTY_DAYS = 14

// Intercepts, in logits, set so that the exploratory policy earns about 8 % clicks, one view in five a cart, three carts in five an order.
const CLICK_AT = 2.6
const CART_AT = 1.5
const ORDER_AT = -0.5

export interface ChoiceModel {
  catalogue: Catalogue
  strengths: Strengths
  /** By the category that is wanted more. */
  complementsTo: ReadonlyMap<string, readonly Complement[]>
}

export function choiceModel(
  catalogue: Catalogue,
  complements: readonly Complement[],
  strengths: Strengths,
): ChoiceModel {
  return { catalogue, strengths, complementsTo: Map.groupBy(complements, (each) => each.to) }
}

/** The terms of one item's utility, in logits, before any intercept: kept apart so that a test can name the guilty one. */
export interface Utility {
  appeal: number
  taste: number
  price: number
  fatigue: number
  satiation: number
  complements: number
  novelty: number
}

/** What an item is worth to a shopper now: a random-utility model (McFadden, 1974) whose noise is the logistic draw of the caller. */
export function utilityOf(model: ChoiceModel, shopper: Shopper, item: SimItem, memory: Memory, atMs: number): Utility {
  const { strengths } = model
  return {
    appeal: item.appeal,
    taste: strengths.taste * tasteFor(model, shopper, item),
    price: strengths.price * priceTerm(model, shopper, item),
    fatigue: -strengths.fatigue * 0.7 * Math.log1p(memory.unclickedViews(item.id, atMs)),
    satiation: -strengths.satiation * satiation(item, memory, atMs),
    complements: strengths.complements * complementTerm(model, item, memory, atMs),
    novelty:
      strengths.novelty *
      shopper.noveltySeeking *
      Math.exp(-Math.max(0, atMs - item.createdMs) / (NOVELTY_DAYS * DAY_MS)),
  }
}

export function total(utility: Utility): number {
  const { appeal, taste, price, fatigue, satiation, complements, novelty } = utility
  return appeal + taste + price + fatigue + satiation + complements + novelty
}

/** Click on an examined item. Price is half hidden until the product page, so it counts half. */
export const clickProbability = (utility: Utility): number => sigmoid(total(utility) - 0.5 * utility.price - CLICK_AT)

/** Add to cart from the product page, where the price is in full view; novelty has done its work. */
export const cartProbability = (utility: Utility): number =>
  sigmoid(0.6 * total(utility) + utility.price - utility.novelty - CART_AT)

/** Order what is in the cart: mostly a matter of price by now. */
export const orderProbability = (utility: Utility): number => sigmoid(0.6 * utility.price - ORDER_AT)

function tasteFor(model: ChoiceModel, shopper: Shopper, item: SimItem): number {
  const share = shopper.categoryTaste.get(item.category) ?? 0
  // Against an even spread, and bounded: a category of no interest is unlikely, not impossible.
  const category = Math.max(-1.6, Math.min(2, Math.log(share * model.catalogue.categories.length + 1e-6)))
  let features = 0
  for (const feature of item.features) features += shopper.featureTaste.get(feature) ?? 0
  return category + Math.max(-2, Math.min(2, features))
}

/**
 * Price against the shopper's own reference price (Kalyanaram and Winer, 1995): an S-curve from 0 (far cheaper) to
 * -2 x sensitivity (far dearer), so that the first few pounds above the reference hurt most.
 */
function priceTerm(model: ChoiceModel, shopper: Shopper, item: SimItem): number {
  const price = item.prices.get(shopper.market.market)
  const median = model.catalogue.medianPrice.get(priceKey(shopper.market.market, item.category))
  if (price === undefined || median === undefined) return 0
  const dearness = Math.log(price / (median * shopper.referenceMultiple))
  return -2 * shopper.priceSensitivity * sigmoid(3 * dearness)
}

/** Owning one dims the wish for another of its kind (McAlister, 1982); consumables are spared half of it. */
function satiation(item: SimItem, memory: Memory, atMs: number): number {
  const owned = memory.ownership(item.id, atMs)
  if (item.consumable) return 0.4 * Math.log1p(memory.categoryPurchases(item.category, atMs))
  return 2.5 * owned + 0.9 * Math.log1p(memory.categoryPurchases(item.category, atMs))
}

/** The strongest complement of what was taken lately: a teapot asks for cups, once, however many teapots there were. */
function complementTerm(model: ChoiceModel, item: SimItem, memory: Memory, atMs: number): number {
  let best = 0
  for (const { from, lift } of model.complementsTo.get(item.category) ?? [])
    best = Math.max(best, lift * Math.min(1, memory.takenFrom(from, atMs)))
  return best
}
