import { cleanText } from '../base/text/clean.ts'
import { normalizeText } from '../base/text/normalize.ts'
import { type EvidenceBundle, FACTS_OF_SHOPPERS, type Fact } from '../domain/told_reason.ts'
import { isSelfPromotion } from '../enrich/understand/self_promotion.ts'
import { redact } from '../prompt/redact.ts'
import { isWellFormed } from './said/form.ts'

/**
 * What must not be told back to a shopper as theirs, even where it is true (GDPR article 9: health, beliefs, sex life,
 * origin, and what is kin to them). Beginnings of words, folded, in the languages in which reasons are told.
 */
const SENSITIVE =
  /(?<!\p{L})(?:pregnan|fertilit|ovulation|contracept|condom|incontinen|hemorrhoid|haemorrhoid|diabet|insulin|cancer|hiv|std test|antidepress|depressi|psychiatr|medic(?:in|ation)|therap(?:y|ies)|weight ?loss|alcoholi|addict|rehab|erotic|sex toy|vibrator|dildo|lingerie|fetish|lgbt|gay|lesbian|queer|transgender|religio|bible|koran|quran|torah|church|mosque|rosary|kippa|hijab|halal|kosher|politic|election|trade union|wheelchair|disabilit|hearing aid|bankrupt|schwanger|verhut|kondom|inkontinen|krebs|sucht|entzug|erotik|sexspielzeug|dessous|schwul|lesbisch|bibel|kirche|moschee|gebet|politi|wahlkampf|gewerkschaft|rollstuhl|behinder|horgerat|medikament|enceinte|grossesse|preservatif|cancer|medicament|erotique|religieu|eglise|mosquee|politique|fauteuil roulant|embaraz|preservativo|medicamento|erotico|iglesia|mezquita|silla de ruedas|discapaci)|妊娠|避妊|コンドーム|生理|糖尿|がん|うつ|薬|宗教|聖書|アダルト|政治|車椅子|怀孕|懷孕|孕妇|孕婦|避孕|安全套|糖尿病|癌|抑郁|憂鬱|药|藥|宗教|圣经|聖經|情趣|政治|轮椅|輪椅/u

const YES_OR_NO =
  /^(?:yes|no|true|false|not|none|without|ja|nein|ohne|kein\w*|oui|non|sans|si|sin|n\/a|無し?|なし|不|没有|無|是|否)$/u

const textsOf = (fact: Fact) => [fact.item?.title, fact.value, fact.attribute].flatMap((text) => text ?? [])

/** A name or value that may stand in a sentence: plain, not spoken to a machine, and more than yes or no. */
const isSayable = (text: string) => {
  const clean = cleanText(text)
  return (
    isWellFormed(clean) &&
    !/["“”„«»‹›「」『』]/.test(clean) &&
    !isSelfPromotion(clean) &&
    !YES_OR_NO.test(normalizeText(clean))
  )
}

export const isSensitive = (text: string): boolean => SENSITIVE.test(normalizeText(text))

/**
 * The part of a bundle that a language model is shown: without names that are orders, links or markup, and without what
 * would tell a shopper something sensitive of themselves. Null where nothing is left to be told.
 */
export function sayable(bundle: EvidenceBundle): EvidenceBundle | null {
  if (!isSayable(bundle.item.title)) return null
  const facts = bundle.facts.filter((fact) => {
    if (!textsOf(fact).every(isSayable)) return false
    // A search that holds an address or a number of somebody's is nobody's reason.
    if (fact.kind === 'matches_query' && redact(fact.value ?? '') !== fact.value) return false
    const about = fact.kind === 'bought_before' ? [bundle.item.title] : textsOf(fact)
    return !FACTS_OF_SHOPPERS.has(fact.kind) || !about.some(isSensitive)
  })
  return facts.length === 0 ? null : { item: bundle.item, facts }
}
