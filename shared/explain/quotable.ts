import { isSelfPromotion } from '../enrich/understand/self_promotion.ts'
import { isPlainName } from './said/form.ts'

/**
 * Whether a title, a value or a search may stand in a sentence that the shop says: sellers and shoppers write them, and a
 * reason is said beside other items. Compatibility forms count as what they look like.
 */
export const isQuotable = (text: string): boolean =>
  isPlainName(text) && isPlainName(text.normalize('NFKC')) && !isSelfPromotion(text)
