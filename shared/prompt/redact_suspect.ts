/** Characters that cannot be seen: they would part a number from itself. */
const UNSEEN = /[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/g
/** Most texts hold neither five digits nor an @ nor a link. */
const SUSPECT = /\p{Nd}(?:\D{0,4}\p{Nd}){4}|[@＠]|\(\s?at|\[\s?at|\{\s?at|:\/\/|[?&#;]\w{1,12}=/iu

export const withoutUnseen = (text: string): string => text.replace(UNSEEN, '')

/** True wherever `redact` takes something out, and elsewhere; much cheaper. */
export const mayBePrivate = (text: string): boolean => SUSPECT.test(withoutUnseen(text))
