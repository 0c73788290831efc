/** Words by what they do in a sentence, as they are written after folding (lower case, no diacritics). */

// Here and not imported: bundlers leave out lists that are not used only where they see this beside them.
/* @__NO_SIDE_EFFECTS__ */
const list = (text: string): readonly string[] => text.trim().split(/\s+/)

/** Grammar: they state nothing by themselves. */
export const FUNCTION_WORDS = {
  en: list(`a an the this that these those it its they them their there here he she we our us you your i my and or nor but so as
    of in on at by to from into onto with within for about over under up down out off than then also too both each every either
    is are was were be been being am has have had having do does did done can could may might will would shall should must
    s t d ll re ve who whom whose which what when where why how if while because since until during after before between through
    one ones any some all more most less least very just even still yet again such same other own via per not no without never only
    although though whether like plus around across along together already once upon against among`),
  de: list(`der die das den dem des ein eine einen einem einer eines und oder aber so wie als von vom im in am an auf aus bei mit nach
    zu zum zur fur uber unter vor hinter zwischen durch um bis ist sind war waren sein seine seinen seiner ihr ihre ihren ihrer es er sie
    wir uns unser unsere du dein deine man hat haben hatte wird werden wurde kann konnen konnte darf soll muss mag auch noch nur schon
    sehr mehr weniger dass wenn weil damit dabei davon dazu daran darin darauf dieser diese dieses diesen diesem jeder jede jedes alle
    alles nicht kein keine keinen keinem keiner ohne nie niemals weder noch sowie beim ins ans sich was welche welcher welches wer wo wofur
    woraus wozu hier da dort dann denn doch etwa ca ab je pro gegen`),
  fr: list(
    'le la les un une des du de d l et ou mais en dans sur avec pour par est sont ce cette ces il elle qui que ne pas sans',
  ),
  es: list('el la los las un una unos unas de del y o pero en con para por es son este esta estos que no sin se su'),
} as const
