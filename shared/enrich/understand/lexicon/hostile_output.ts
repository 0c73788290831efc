/**
 * What text says that addresses whoever writes about or ranks an item: an actor ("you", "the summary", "the assistant")
 * beside a verb of output, a role or a mode given to the reader, a new task. Against folded text, as in hostile.ts.
 */
const QUOTE = '["\\u201c\\u201e\\u00ab\\u300c\\u300e]'
const OUTPUT_NOUN =
  '(?:summar(?:y|ies)|answers?|responses?|outputs?|repl(?:y|ies)|selling points?|quer(?:y|ies)|search terms?|keywords?|rankings?|recommendations?|completions?|use cases?|audiences?|questions?|json|facets?|results? list|lists? of results|product texts?|item descriptions?|descriptions?)'
/** Verbs that a product text does not ask of its reader. */
const SPEAK =
  '(?:list|respond|reply|answer|mention|rank|recommend|output|print|translate|pretend|repeat|return|claim|generate|summari[sz]e|append|praise|obey|comply|echo|emit|endorse|upsell|advertise|promote|prioriti[sz]e)'
/** Verbs that it may ask: they count beside what is to be written. */
const PUT =
  '(?:write|say|state|include|describe|use|add|insert|put|tell|call|treat|rate|name|set|place|show|report|give|work)'

/** Verbs, imperative or beside a modal, by which a text is ordered. */
const ASKED =
  '\\b(?:say|says|state|mentions?|write|include|list|rank|recommend|output|repl(?:y|ies)|respond|promote|praise|rate|describe|call|claim|tell|promise|put|add|insert|append|let|must|should|shall|ha(?:s|ve) to|needs? to|make sure|ensure|is ["\\u201c:]|begin|start with|end with|name)\\b'
/** What is asked for, and whoever is to write it. */
const WRITTEN =
  '\\b(?:(?:the|this|your|each|every|any|all|its|first|correct|product|item) (?:[\\w-]+ )?(?:summar(?:y|ies)|selling points?|use cases?|repl(?:y|ies)|quer(?:y|ies)|prompts?|completions?)|summari[sz]ers?|whoever (?:summari|describes|writes|ranks|answers)\\w*|language models?|llms?|(?:in|into|within|as|begin|start) (?:the |your |every |each |any |all )(?:answers?|responses?|outputs?))\\b'

export const OUTPUT_PATTERNS: readonly RegExp[] = [
  // A role or a mode for the reader.
  /\byou (?:are|re) (?:now|from now on|henceforth|hereby|no longer)\b(?! (?:ready|able|free|part|set|prepared|in (?:control|charge)|on your way|looking|holding|wearing|covered|good|one|a (?:member|proud|part)|the (?:proud|owner)|entering|only|just|all|what))/,
  /\b(?:you (?:are|re)|your role is|play|take on the role of|assume the role of|act as|acting as|speak as|write as|respond as|answer as|behave as|behave like) (?:a |an |the |our |my |its )(?:[\w-]+ ){0,3}(?:sales ?(?:agent|man|woman|person|rep\w*)|agent|seller|bot|assistant|ai|copywriter|ranker|search engine|interpreter|terminal|spokes\w+|marketer|moderator|shopkeeper|vendor|language model)\b(?! of change)/,
  /\b(?:you (?:are|re) (?:now )?in|enter|enable|activate|switch (?:in)?to|this is) (?:a |an |the )?(?:[\w-]+ )?(?:test|debug|debugging|developer|god|admin|unrestricted|jailbreak|root|override|diagnostic|evaluation|sandbox|training|simulation) (?:mode|run|session)\b/,
  /\b(?:this is|only) (?:a |an )?(?:test|drill|simulation)\b.{0,20}\b(?:output|repeat|respond|reply|answer|print|say)\b/,
  // "You must list", "should respond with", "please repeat".
  new RegExp(
    `\\byou (?:should|must|shall|have to|need to|are to|ought to|may only|can only|are (?:required|asked|told|instructed|expected) to) (?:now |always |only |also |never |just |please |therefore )*${SPEAK}\\b`,
  ),
  new RegExp(
    `\\byou (?:should|must|shall|have to|need to|are to|ought to|are (?:required|asked|told|instructed|expected) to) (?:\\w+ )?${PUT}\\b.{0,60}(?:${QUOTE}|\\b${OUTPUT_NOUN}\\b|\\b(?:customers?|users?|shoppers?|this item|this product|that (?:it|this))\\b)`,
  ),
  new RegExp(
    `\\b(?:must|should|shall|have to|has to|please|always|instead|and|then|now|only|just)[ ,:]+(?:\\w+ly )?(?:respond|reply|answer|output|print|repeat|echo|return|translate|write|say|list|state|mention|include)(?: back| out| down| it| only| just| exactly| with| the (?:word|words|phrase|text|sentence|line|following|string)| as)*[ :]*${QUOTE}`,
  ),
  /(?:^|[.!?:;\-–—"'(,|]\s*|\b(?:must|should|shall|please|always|then|now|and) )(?:respond|reply|answer|output|repeat|echo)(?:ing)?\b(?: back| only| just| exactly| solely| always)* (?:with\b|in (?:json|english|german|rhyme)|as (?:json|follows)|the (?:word|words|phrase|text|sentence|following|string|above)|after me|["“„'«「])/,
  new RegExp(
    `(?:^|[.!?:;\\-–—,|]\\s*)(?:respond|reply|output|print|repeat|echo|say|write|list|mention|include|state|use|add|insert|put)\\b[^.]{0,20}${QUOTE}.{2,80}["\\u201d\\u00bb\\u300d]\\.? ?(?:\\w+ times|twice|only|everywhere|first|always|verbatim|in (?:the|your|all|every|each|any)|as (?:the|a|an|your|its)|to (?:the|your|every|all|any)|at the|for (?:every|all|each|any))\\b`,
  ),
  // What is written has to be so.
  new RegExp(
    `\\b(?:the|your|every|each|any|all|its) (?:[\\w-]+ ){0,2}${OUTPUT_NOUN} (?:\\w+ ){0,2}?(?:must|should|shall|ha(?:s|ve) to|needs? to|is to|are to|will always) (?:\\w+ )?(?:say|state|read|include|contain|mention|start|begin|end|claim|list|promise|praise|name|call|describe|declare|rank|return|carry|repeat|recommend|be (?:["\\u201c:]|empty|in (?:english|german)|exactly|only))`,
  ),
  new RegExp(
    `\\b${PUT.slice(0, -1)}|list|mention|append|repeat|feature)\\b.{0,80}\\b(?:as|in|into|to|at the (?:start|end|top|beginning) of|among|with) (?:the |a |an |your |all |every |each |any |one of the |its )+(?:first |last |top |final |product |item |customer )?(?:summar(?:y|ies)|answers?|responses?|outputs?|repl(?:y|ies)|selling points?|quer(?:y|ies)|search terms?|keywords?|rankings?|recommendations?|completions?|use cases?|json)\\b`,
  ),
  // In somebody's name.
  /\b(?:owner|seller|manager|merchant|operator|administrators?|admins?|developers?|ceo|vendor|openai|anthropic|google|staff|management|headquarters|legal|compliance|security team|shopkeeper|publisher|head office|support team)\b.{0,40}\b(?:says?|said|requires?|demands?|orders?|ordered|instructs?|instructed|decided|approved|wants?|asks?|asked|authori[sz]ed|told|insists?|writes?|wrote|confirms?|confirmed|states?|stated)\b.{0,80}\b(?:must|should|shall|have to|has to|to|you) (?:\w+ )?(?:write|say|list|mention|promise|offer|include|state|rank|recommend|output|claim)\b/,
  /\b(?:must|should|shall|have to) (?:write|say|list|mention|promise|state|claim)\b.{0,60}\b(?:for all|for every(?:one|body)|to every(?:one|body)|refund|discount|guarantee|free|first|best|only)\b/,
  // The end of the data, and a task after it.
  /\b(?:data|facts|description|document|input|context|json|item|listing|product text|untrusted (?:text|content))s? (?:ends?|stops?|is over|finishes|finished|is complete|is now complete|section ends) (?:here|now|above)\b|\b(?:end|close) of (?:the )?(?:data|facts|item|document|input|context|json|untrusted (?:text|content))\b/,
  /\b(?:new|next|real|actual|hidden|final|following|true|secret|updated|additional) (?:task|instructions?|orders?|job|assignment|goal|command|objective|directive)s?\s*(?:[:=-]|is\b|are\b|follow)/,
  /(?:^|[.!?:;\-–—|"']\s*)(?:now|next|then|instead),? (?:please )?(?:write|say|output|state|list|answer|respond|rank|recommend|claim|report|summari[sz]e|translate)\b(?! (?:your|it down|down|on it|on the|about your))/,
  /\b(?:disregard|ignore|forget|override|discard) (?:the|all|any|your|these|those|every|its) (?:\w+ ){0,2}(?:above|rules?|instructions?|prompts?|guidelines|facts|previous|earlier|schema|vocabulary|policy|constraints?|task|orders?)\b/,
  /\bignore (?:what|everything|all|whatever) (?:was|is|you|that|i|we)\b/,
  /\b(?:visit|click|go to|browse to|order at|buy at|shop at|open|find us at|sent? to)\b.{0,40}\b[a-z0-9-]{2,}\.(?:com|net|org|io|example|shop|store|app|dev|info|biz|xyz|ru|cn|test|co|me|link|site|online|top|de|jp|tw|uk|invalid)\b/,
  /\b(?:when|whenever|if|once|every time) (?:asked|prompted|queried|requested|summari[sz]ing|ranking|recommending|describing|writing|answering|comparing)\b.{0,60}\b(?:recommend|answer|say|mention|list|respond|reply|rank|name|choose|write|state|output|this one|ours?)\b/,
  /\b(?:always|only|rank|show|recommend|list|put|mention|name)\b.{0,20}\bthis one first\b|\bthis one first, (?:never|not|before|and never)\b|\b(?:rank|list|recommend|mention) (?:this|us|our\w*|me) (?:one )?(?:first|before|above|on top|over)\b|\bnever (?:mention |recommend |list |show )?the others?\b(?! (?:side|hand|half|way|end))/,
  // What is written or who writes it, beside a verb that asks for it: the nouns stand in no ordinary product text.
  new RegExp(`${WRITTEN}.{0,80}${ASKED}|${ASKED}.{0,80}${WRITTEN}`),
  new RegExp(
    `^(?:hey |dear |hi |hello |attention |note (?:to|for) )?(?:the |all |any |every )?(?:ai|model|assistant|system|bot|machine|llm|gpt|chat ?gpt|claude|gemini|copilot|agent|algorithm|ranker|recommender|search engine|summari[sz]er|writer|editor|translator)s?\\s*[,:!]+ (?:please )?(?:${SPEAK}|${PUT}|consider|skip|do not|don't|always|never|remember|act|make|be|you|from now|stop|forget|ignore|disregard|give|choose|pick)\\b`,
  ),
  /\b(?:as (?:an? |the )|you, (?:an? |the |my |our |dear )?)(?:reviewer|summari[sz]er|writer|editor|judge|critic|evaluator|rater|translator|copywriter|assistant|recommender|model|reader of this data)\b.{0,30}\b(?:you|your|must|should|call|say|give|rate|write|have to)\b/,
  /\b(?:rate|score|give|award) (?:it|this|us|this item|this product) .{0,20}(?:\b(?:out )?of (?:ten|10|five|5|100)\b|\d ?\/ ?(?:5|10|100)\b|\bstars?\b|\bpoints?\b|\bfull marks\b)/,
  /\boutranks?\b.{0,20}\b(?:others?|all|every|listings?|competit\w+|rivals?)\b|\b(?:promote|rank|rate|place|put|list) (?:this|it|us)(?: item| product)? (?:above|before|over|ahead of) (?:the rest|all|every|any|others?|the others?)\b/,
  /\b(?:replaces?|overrides?|supersedes?|cancels?|outweighs?|revokes?) (?:all|any|every|your|the|these|those) (?:\w+ ){0,2}(?:rules?|instructions?|prompts?|guidelines|orders|directives|policies)\b/,
  /\b(?:translate|reveal|show|print|repeat|ignore|output|share|tell|give|leak|forget|disobey|drop) (?:me |us )?your (?:\w+ )?(?:instructions|prompts?|guidelines|rules|system message)\b/,
  /\b(?:speak|talk|write|answer|act|behave|respond) (?:[\w-]+ ){0,4}(?:from (?:here|now|this point) on|henceforth|as of now|for the rest)\b|\b(?:please|kindly|simply) (?:output|echo|emit|recite|respond|reply)\b/,
  /\banswer (?:every|all|any|each) (?:\w+ )?(?:questions?|quer\w+)\b|\b(?:trust|trusted|obey|follow)\b.{0,20}\b(?:everything|anything|all) (?:that )?(?:follows|below|i say|written here)\b|\beverything that follows\b/,
  // German.
  /\b(?:(?:du bist|ihr seid) (?:jetzt|nun|ab (?:jetzt|sofort|heute)|kunftig|von nun an|fortan)\b(?! (?:bereit|bestens|fertig|dran|stolze|auf|auch))|sie sind (?:jetzt|nun|ab (?:jetzt|sofort)) (?:eine?|der|die|im|in)\b(?! der lage))|\b(?:du bist|sie sind|handle als|agiere als|spiele|verhalte dich wie) (?:eine?n? |der |die |das )?(?:\w+ )?(?:verkaufer(?:in)?|assistent(?:in)?|ki|agent(?:in)?|bot|testmodus)\b/,
  /\b(?:empfiehl|empfehlt|empfehlen sie|schreibe?|schreiben sie|sage?|sagen sie|antworte|antworten sie|gib|geben sie|nenne|nennen sie|liste|erwahne|behaupte|wiederhole|wiederholen sie|ubersetze)\b.{0,50}\b(?:nur|nur noch|ausschliesslich|immer|stets|diesen artikel|dieses produkt|diese marke|(?:in|als|auf) (?:die|der|deine[rn]?|jede[rn]?|alle[n]?)? ?(?:zusammenfassung|antwort|ausgabe|beschreibung|anfragen?|fragen?)|\w+mal)\b/,
  /\b(?:schreibe?|sage?|antworte|wiederhole|gib|nenne|liste|erwahne|behaupte)(?: mit| aus| nur| immer| genau)* ["\u201e\u201c\u00bb]/,
  /\b(?:die|deine|jede|ihre) (?:zusammenfassung|antwort|ausgabe|beschreibung|rangliste|empfehlung)\b.{0,20}\b(?:muss|soll|sollte|hat .{0,20} zu)\b|\b(?:setze|stelle|platziere|ranke|ordne|zeige|liste)\b.{0,40}\b(?:nach oben|nach vorn|an die spitze|zuoberst|auf platz|an erster|als erste)/,
  /\bneue (?:anweisung|aufgabe|regel)e?n?\b ?[:=-]|\bab (?:jetzt|sofort) (?:bist|antworte|schreib|empfiehl|sollst)/,
  /\b(?:gehe?|wechsle?|wechseln sie|schalte) in den (?:test|entwickler|debug|admin)\w*modus\b/,
  // Japanese.
  /(?:これ以降|以降|今後|ここから先?)は.{0,14}(?:として|になって|の口調で).{0,14}(?:話|答|振る舞|書|行動|回答)/u,
  /あなたは(?:今|いま|これ|ただいま|本日|たった今)から|あなたは.{0,10}(?:販売員|店員|担当者|代理人|営業|アシスタント|AI|ai|ボット|モデル)|(?:になりきって|の役を演じ|の役割を)/u,
  /(?:出力|回答|返答|応答|返信|要約|推薦|推奨|翻訳|復唱|列挙|生成|記述)(?:して(?:ください|下さい|くれ|ほしい)|しろ|せよ|しなさい|すること|しなければ|するように|し続け)/u,
  /[」』"]と(?:だけ|のみ|必ず)?(?:言って|書いて|答えて|述べて|記載して|表示して|宣言して|返して|回答して|出力して|繰り返して|言え|書け|答えろ|述べよ|書くこと|出力)/u,
  /(?:要約|回答|説明文|出力|応答|返答|検索語|質問)(?:に|では|には|の(?:中|最初|最後)に).{0,30}(?:必ず|含め|入れて|書いて|記載して)|(?:テスト|開発者|デバッグ|管理者)モード(?:です|に入|に切り替え|を有効)/u,
  // Chinese.
  /(?:在|于|於)?(?:摘要|总结|總結|回答|答案|输出|輸出|回复|回覆)(?:中|里|裡|时|時|之中)?[，,]?.{0,4}(?:写明|寫明|说明|說明|提到|提及|注明|标明|只推荐|只推薦|只能|必须|必須|写上|寫上|声称|聲稱)/u,
  /(?:你|您)(?:现在|現在|从现在|從現在|今后|今後)(?:起|开始|開始)?(?:是|扮演|充当|充當|成为|成為|必须|必須|要)|(?:扮演|充当|充當)(?:一[个個名位])?.{0,8}(?:角色|员|員|助手|模型|代理|客服|专家|專家)|(?:你|您)是.{0,10}(?:销售员|銷售員|推销员|推銷員|代理|客服|机器人|機器人|助手|模型|系统|系統)/u,
  /(?:请|請|务必|務必|必须|必須|只能|一定要|应当|應當|要求你|要求您)(?:务必|務必|必须|必須|只|直接|仅|僅|一定|在.{1,8}(?:中|里|裡))?(?:输出|輸出|回答|回复|回覆|返回|写出|寫出|写(?![字上下])|寫(?![字上下])|重复|重複|列出|说(?!明)|說(?!明)|声称|聲稱|翻译|翻譯|提到|提及|生成|总结|總結)/u,
  /(?:摘要|总结|總結|回答|输出|輸出|描述|答案).{0,6}(?:必须|必須|应该|應該|务必|務必|一定要)(?:包含|写|寫|说|說|提|是)|(?:测试|測試|开发者|開發者|调试|調試|管理员|管理員)模式/u,
]

/** After a sentence that speaks to a machine, a next one that goes on like this still does. */
const STILL_TALKING =
  /\b(?:you (?:must|should|shall|will|are|have to|need to|may only)|your (?:answer|summary|list|reply|response|output|ranking|task|job|role|instructions?|rules?)|output|rank|recommend|obey|instructions?|respond|reply|du (?:musst|sollst|bist)|empfiehl|antworte)\b|^(?:repeat|praise|mention|say|write|list|call|tell|claim|state|promise|sell|answer|treat|instead|otherwise|sage?|schreibe?|nenne)\b|(?:してください|しなさい|すること|必须|必須|务必|務必|推荐|推薦|输出|輸出)/iu
/** Or that begins in the middle, or quotes. */
const FRAGMENT = /^[\p{Ll}"'“”„«»「『(]/u
const QUOTING = /["“”„「」«»]/u
/** A longer sentence with a quotation in it is the shop's own: With a bold "Happy Halloween" message ... */
const QUOTING_CHARS = 60

export const goesOn = (sentence: string): boolean =>
  STILL_TALKING.test(sentence) ||
  FRAGMENT.test(sentence) ||
  (sentence.length <= QUOTING_CHARS && QUOTING.test(sentence))
