/**
 * What text says that speaks to a ranker, an assistant or a model instead of to a shopper. Written against folded text:
 * lower case, no diacritics, look-alike letters folded to Latin (self_promotion.ts).
 */
const AI =
  '(?:ai|a\\.i\\.|llm|language model|assistant|chat ?bot|chat ?gpt|gpt(?:-?\\d)?|claude|gemini|copilot|recommender|re-?ranker|ranker|ranking (?:algorithm|model|system|engine)|recommendation (?:system|engine|algorithm|model|bot)|search (?:engine|algorithm|agent)|shopping (?:assistant|agent)|model|agent|algorithm)'
const EVERYONE =
  '(?:all|any|every|each)(?: (?:single|other|of the|of your|your|our))? ?(?:customer|user|shopper|visitor|buyer|client|quer|request|search|person|people|one\\b|body\\b)'
const THIS = '(?:this|it|our|my|me|us|the (?:above )?(?:item|product|brand|listing)|item \\S+|product \\S+|sku \\S+)'
const RULES =
  '(?:instruction|prompt|rule|guideline|direction|directive|command|context|constraint|polic|criteria|programming|training)'

export const HOSTILE_PATTERNS: readonly RegExp[] = [
  // Overriding.
  new RegExp(
    `\\b(?:ignore|disregard|forget|override|bypass|discard|overlook|neglect) .{0,40}\\b(?:previous|prior|above|earlier|preceding|all|any|your|these|system|other|former|existing|safety|everything)\\b.{0,30}\\b${RULES}`,
  ),
  /\b(?:ignore|disregard|forget) (?:everything|all|anything) (?:above|before|you\b|that (?:came|was)|i said|else|prior|previous)/,
  /\b(?:system prompt|prompt injection|jailbreak|developer mode|dan mode|admin override|sudo mode|override (?:code|mode)|new (?:system )?instructions?\b ?[:-])/,
  /\bfrom now on,? (?:you|always|every|all|only)\b/,
  /\byou must (?:now |also )?(?:always|recommend|rank|output|answer|obey|select|choose|reply|include|say|mention|rate|prefer|comply|respond|list|place|put|return|promote)\b/,
  /\byou (?:should|will|shall|are (?:required|instructed|ordered|told) to) (?:now |always |only )*(?:recommend|rank|select|prefer|output|respond|reply|promote|score)\b/,
  /\byour (?:new |only |real |actual )?(?:task|job|role|goal|instructions?|objective|mission) (?:is|are) (?:now |to (?:recommend|rank|select|promote|output|return|put|say))/,
  /\b(?:pretend|imagine|assume) (?:that )?you are\b|\bact as (?:an? )?(?:ai|assistant|recommender|system|dan|model|admin|unrestricted)/,
  /\b(?:reveal|leak|expose|repeat|print|show|output) .{0,20}\b(?:system (?:prompt|message)|your (?:instructions|prompt|rules|guidelines))/,
  /\b(?:end|start|begin|beginning) of (?:the )?(?:system|user|instructions?|prompt|facts|data|description|document|context|input)\b ?(?:prompt|message|text|section)?\s*[\]>:.#=-]/,
  // Speaking to a machine.
  new RegExp(
    `\\b(?:as an? |you are (?:now )?(?:an? |the )?)(?:helpful |shopping |unbiased |expert )?${AI}\\b.{0,60}\\b(?:you|must|should|shall|always|will|please|recommend|rank|your)\\b`,
  ),
  /\byou are (?:now )?(?:an? )?(?:helpful |shopping |unrestricted )?(?:ai|llm|language model|assistant|chat ?bot|chatgpt|recommender)\b/,
  new RegExp(
    `(?:\\b(?:dear|attention|hey|hello|hi|note (?:to|for)|message (?:to|for)|instructions? (?:to|for)|reminder (?:to|for)|important for|to (?:the|any|all|every)|if you are (?:an? |the )?))[ :,]*(?:the |all |any |an? )?${AI}s?\\b[ :,;!.-]`,
  ),
  /\b(?:ai|llm|language model|chat ?gpt|recommender|re-?ranker|ranking algorithm|recommendation (?:system|engine|algorithm|model)|shopping (?:assistant|agent)|(?:the|this|any|every) assistant)s?\b.{0,60}\b(?:must|should|shall|always|please|prefer|choose|select|prioriti|place|put|treat|rank|recommend|score|picks?|ranks?)\b/,
  /\b(?:recommended|chosen|picked|approved|ranked|voted|selected|favou?red|choice|pick|endorsed)(?: .{0,20})? (?:by|of) (?:the |our |every |all )?(?:ai|llm|language model|recommender|recommendation (?:system|engine|algorithm)|ranking algorithm|assistants?|chatgpt|algorithms?)\b/,
  // Asking for rank.
  new RegExp(
    `\\b(?:rank|place|put|list|show|position|sort|move|display|return|pin|feature|rate|keep|mention|present|suggest|recommend) ${THIS}.{0,40}(?:\\bfirst\\b(?! (?:thing|in\\b|on\\b|with|for|then|and|to\\b))|\\bnumber one\\b|#1|\\bno\\.? ?1\\b|\\bposition (?:1|one)\\b|\\brank (?:1|one)\\b|\\bat the (?:very )?top of (?:the|your|all|every|any) (?:list|result|ranking|search|recommend|shelf|page|order|output)|\\bto the top\\b|\\b(?:above|before|ahead of|over) (?:all|any|every|other|each|everything)|\\bhighest\\b)`,
  ),
  new RegExp(
    `(?<!\\b(?:we|i|they|who|experts|doctors|chefs|people) )\\balways (?:rank|recommend|choose|select|pick|prefer|suggest|promote|show|return|include|list|prioriti[sz]e|place|put|mention|feature|display|output|answer|say|reply|respond)\\b.{0,40}(?:${THIS}|\\bfirst\\b|\\btop\\b)`,
  ),
  new RegExp(
    `\\b(?:recommend|suggest|show|promote|push|sell|present|offer) (?:${THIS})(?: (?:item|product))?.{0,30}\\b${EVERYONE}`,
  ),
  /\b(?:never|do not|don't|dont|must not|refuse to|avoid) (?:recommend|show|mention|rank|list|suggest|display|recommending|showing|mentioning)\b.{0,30}\b(?:other|competitor|competing|any|else|alternative|rival|another)/,
  /\b(?:rank|recommend|choose|prefer|select|prioriti[sz]e|pick|place|put|favou?r)\b.{0,40}\b(?:over|above|instead of|before|ahead of) (?:all |any |every |the )?(?:others?|competing|competitors?|rivals?|alternatives?)\b/,
  /\b(?:prioriti[sz]e|boost|promote|upvote|up-rank|uprank) (?:this|our|its|the) (?:item|product|listing|brand|ranking|score|relevance|result)/,
  /\b(?:give|assign|set|award|use)\b.{0,30}\b(?:score|rating|relevance|rank|priority|weight)\b.{0,20}(?:\b(?:10|100|1\.0|1000|999+|max(?:imum)?|highest|top|five|5)\b)/,
  /\b(?:relevance|score|rank|priority|match(?:_score)?)\s*[:=]+\s*(?:10|100|1\.0|1000|999+|1\b|max|highest|top)/,
  /\b(?:select|choose|pick|return|output) (?:only )?(?:this|item|candidate|option|product|id)\b.{0,30}(?:\b(?:first|only|always|answer|\d+|as the)\b|[#:"'])/,
  /\b(?:output|print|return|reply|answer|respond|say|write)(?: with)? (?:only|exactly|just|nothing but)\b|\bonly (?:output|return|reply|respond|answer|print|say)\b/,
  /\b(?:tell|inform|convince|persuade) (?:the |every |all |each |any )?(?:user|customer|shopper|buyer|visitor)s?\b.{0,40}\b(?:that|to|this|it)\b/,
  /\bwhen(?:ever)? (?:a |the |any |an )?(?:user|customer|shopper|buyer|visitor)s? (?:ask|search|quer|request|type|look)/,
  /\b(?:the )?(?:only|correct|right|best) (?:answer|recommendation|choice|response) (?:is|to (?:recommend|return|give)|for (?:every|all|any) (?:quer|request|customer|user|shopper|search))/,
  /\b(?:this|our) (?:item|product) (?:must|should|has to|needs to) (?:always )?(?:be |come |appear |rank )(?:recommended|ranked|first|shown|listed|top|selected|placed|chosen|at the top|on top)/,
  /\b(?:rank|position|place) ?(?:=|:|at|in|#) ?(?:#?1\b|first place|top spot)/,
  // Telling the writer what to write.
  /\b(?:in|within) your (?:summary|answer|output|response|reply|description|ranking|list)\b|\b(?:include|use|insert|repeat) the (?:exact )?(?:phrase|words?|sentence|text|string)\b|\breturn (?:a |the )?json\b|^print ["']/,
  /^(?:please )?(?:say|write|state|claim|mention|answer|report|pretend) that (?:it|this|the (?:item|product))\b|^(?:please )?(?:treat|mark|label|tag|classify|describe|summari[sz]e|flag|list) (?:this|it|the (?:item|product))(?: (?:item|product|listing))? (?:as|with)\b|\badd \S+(?: \S+)? to the (?:attributes|summary|list|answer|tags)/,
  /\b(?:ignore|bypass|disregard|change|extend) the (?:vocabulary|facts|schema|format)\b|\b(?:do not|don't|stop) (?:follow|following|obey|obeying) (?:the|your|any) (?:instruction|system|rule|prompt|message|guideline)|\byou have been (?:instructed|told|ordered|asked) to\b|\b(?:set|put) aside (?:your|the|all|any) .{0,20}(?:guideline|instruction|rule)/,
  /\b(?:this|our) (?:item|product|listing|result) (?:must|should|has to) (?:always )?(?:appear|come|be|stand) (?:first|at the top|on top)|^(?:ai|llm)s?(?: agents?| assistants?| models?)? ?[:,]|\bdebe (?:aparecer|ser recomendado|estar) .{0,12}primer/,
  // German.
  /\b(?:ignorier\w*|vergiss|vergesst|missacht\w*|uberschreib\w*|uberge\w*|beachte nicht)\b.{0,50}(?:anweisung|vorgabe|regel|instruktion|prompt|anleitung|befehl|richtlinie)/,
  /\b(?:empfiehl|empfehle|empfehlt|empfehlen sie|bevorzuge|platziere|setze|ranke|liste|zeige|stelle|nenne|wahle|ordne|bewerte)\b.{0,50}\b(?:immer|stets|zuerst|ganz oben|an (?:die )?(?:erste|oberste)|auf platz|jede[mnr]|allen kunden|alle kunden|platz (?:1|eins)|spitze|erster stelle|hochst|vor allen)/,
  /\bimmer .{0,30}(?:empfehlen|bevorzugen|auswahlen|anzeigen|an erster)|\b(?:als|du bist|sie sind) (?:jetzt |nun )?(?:eine? |ein |das )?(?:ki|sprachmodell|assistent|empfehlungssystem|chatbot)\b/,
  /\b(?:ki|sprachmodell|assistent|algorithmus|empfehlungssystem|ranking)\b.{0,60}\b(?:muss|musst|soll|sollte|sollst|bitte|immer)\b|\b(?:antworte|antworten sie|gib|gebe) (?:nur|ausschliesslich)\b|\bab (?:jetzt|sofort) (?:musst|sollst|empfiehl|gilt)/,
  /\b(?:dieses produkt|dieser artikel|diesen artikel)\b.{0,40}\b(?:jedem kunden|allen kunden|immer (?:zuerst|empfehlen)|auf platz|an erster stelle|uber allen|vor allen anderen)/,
  // French and Spanish.
  /\b(?:ignore[zrs]?|oublie[zrs]?) .{0,40}(?:instruction|consigne|regle|directive)|\b(?:recommande[zrs]?|propose[zrs]?) .{0,40}\b(?:toujours|tous les|chaque|en premier|en priorite)|\btoujours (?:recommander|recommande|classer|proposer)|\b(?:place|classe|mets|mettez|affiche)[zrs]?\b.{0,30}\b(?:en premier|en tete|premiere (?:place|position))|\ben tant qu(?:e |'|')? ?(?:ia|assistant|modele)|\breponds? (?:uniquement|seulement)|\b(?:tu dois|vous devez) (?:toujours |recommander|classer)/,
  /\b(?:ignora|ignore|olvida) .{0,40}(?:instruccion|regla|indicacion|directriz)|\brecomienda .{0,40}\b(?:siempre|todos|cada|primero)|\bsiempre (?:recomienda|recomendar|recomiende|muestra)|\b(?:coloca|pon|clasifica|muestra)\b.{0,30}\b(?:primero|primer lugar|primera posicion|arriba de)|\bcomo (?:ia|asistente|modelo de lenguaje)\b|\bresponde (?:solo|unicamente)|\b(?:debes|tienes que) (?:siempre |recomendar|clasificar|elegir)/,
  // Japanese.
  /(?:以前|前|上記|上|これまで|今まで|すべて|全て|他)の?(?:すべての)?(?:指示|命令|ルール|プロンプト|指令|規則|設定)を?.{0,6}(?:無視|忘れ|破棄|取り消)/u,
  /(?:必ず|常に|いつも|最優先で).{0,20}(?:推薦|推奨|おすすめし|お勧めし|選択し|選んで|一番上|最初に(?:表示|推|紹介|並)|1位|一位|最上位|上位に)/u,
  /(?:この|本|当|弊社の)(?:商品|製品|アイテム|品).{0,24}(?:必ず|常に|最優先|1位に|一位に|最上位|先頭|一番上|第一に|最初に(?:表示|推))/u,
  /(?:AI|ai|人工知能|アシスタント|言語モデル|レコメンド|推薦システム|推薦エンジン|ランキング(?:システム|モデル)?|チャットボット).{0,40}(?:してください|しなさい|せよ|すること|べき|命令|ください|しろ|への(?:指示|お願い))/u,
  /システム(?:プロンプト|メッセージ|指示)|(?:すべて|全て|全員|あらゆる)の?(?:お客様|顧客|ユーザー|客|利用者)(?:全員)?(?:に|へ).{0,16}(?:推薦|おすすめ|推奨|お?勧め)(?:して|せよ|しろ|すること|しなさい|てください)/u,
  /(?:のみ|だけ)を?(?:出力|回答|返答|返)(?:して|せよ|しろ|すること)|(?:他|ほか)の(?:商品|製品|ブランド|店).{0,16}(?:推薦|おすすめ|表示|紹介)(?:しない|するな|してはいけ|せず|しては)/u,
  /あなたは(?:今から)?.{0,12}(?:AI|ai|アシスタント|推薦|モデル)/u,
  // Chinese.
  /(?:忽略|无视|無視|忘记|忘記|忽视|忽視|不要理会|不要理會|跳过|跳過).{0,14}(?:指令|指示|说明|說明|规则|規則|提示|要求|命令|内容|內容)/u,
  /(?:始终|始終|总是|總是|永远|永遠|必须|必須|务必|務必|一定要|请将|請將|请把|請把|请务必|請務必).{0,20}(?:推荐(?!给自己)|推薦|排在|排名|优先|優先|置顶|置頂|排第一|放在第一|首位|最前)/u,
  /(?:把|将|將)(?:本|此|该|該|这个|這個|这款|這款|我们的|我們的)?(?:产品|產品|商品|它).{0,14}(?:排|放|列|置).{0,6}(?:第一|首位|最前|前面|顶|頂)/u,
  /(?:作为|作為|身为|身為|你是)(?:一个|一個|一名)?.{0,6}(?:AI|ai|人工智能|人工智慧|语言模型|語言模型|助手|助理|推荐系统|推薦系統|推荐引擎)|(?:AI|ai|人工智能|人工智慧|语言模型|語言模型|推荐系统|推薦系統|推荐算法|推薦演算法)(?:助手|助理)?.{0,24}(?:必须|必須|应该|應該|请|請|务必|務必|一定|要把|优先|優先)/u,
  /(?:只|仅|僅)(?:能|可|需|要|许|許)?(?:输出|輸出|返回|回复|回覆)|(?:系统|系統)(?:提示词?|提示詞|指令|消息|訊息)|(?:向|给|給|为|為)(?:所有|每个|每個|每位|全部|任何).{0,6}(?:用户|用戶|顾客|顧客|客户|客戶|人).{0,6}(?:推荐|推薦)|(?:不要|禁止|切勿|别|別)(?:推荐|推薦|展示|显示|顯示).{0,8}(?:其他|别的|別的|竞争|競爭)/u,
]

/** Imitations of a protocol: read on the text as written, since folding would hide them. */
export const PROTOCOL_PATTERNS: readonly RegExp[] = [
  /<\|[^|]{1,40}\|>|\[\/?INST\]|<<\/?SYS>>|<\/?s>\s*\[|\bBEGIN (?:SYSTEM|PROMPT|INSTRUCTIONS?)\b|<start_of_turn>|<end_of_turn>/i,
  /(?:^|[\s>])#{2,} ?(?:instructions?|system|response|assistant|user|task|prompt|new|override|end)\b/i,
  /(?:^|[\n.;!?>\]"'{(|*–—-]\s*)\**(?:system|assistant|developer|user|human|ai)\**\s*[:：]\s/i,
  /<\/?(?:system|assistant|user|instructions?|prompt|tool|function|facts|candidates?|output|answer|item|result|ranking|admin|override|important|msg|message|context|data)\b[^>]{0,80}>/i,
  /["'](?:facts|vocabulary|facets|neighbours|role|content|system|selling_points|use_cases|audience|summary|queries|rank|ranking|score|recommendations?|item_id|tool_calls?|function|arguments|themes|instructions?|order|priority)["']\s*:/i,
  /```|\{\{[^}]*\}\}|<!--|-->|<script\b|javascript:|\bon(?:error|load)\s*=|<iframe\b|display\s*:\s*none|font-size\s*:\s*0/i,
  /(?:https?:\/\/|www\.)\S+.{0,80}\b(?:instruction|follow|fetch|load|obey|execute|open|visit|read|download|call|post)\b|\b(?:visit|fetch|open|load|follow|read|download|call|execute|post|see instructions at)\b.{0,60}(?:https?:\/\/|www\.)\S+/i,
]

/** Letters that look Latin. Cyrillic and Greek; only folded inside words that also hold Latin letters, or wholly of look-alikes. */
export const LOOKALIKES: Readonly<Record<string, string>> = {
  а: 'a',
  в: 'b',
  с: 'c',
  е: 'e',
  ё: 'e',
  н: 'h',
  і: 'i',
  ї: 'i',
  ј: 'j',
  к: 'k',
  м: 'm',
  о: 'o',
  р: 'p',
  ѕ: 's',
  т: 't',
  у: 'y',
  х: 'x',
  ԁ: 'd',
  ԛ: 'q',
  ԝ: 'w',
  г: 'r',
  п: 'n',
  ѵ: 'v',
  һ: 'h',
  ӏ: 'l',
  α: 'a',
  β: 'b',
  ε: 'e',
  η: 'n',
  ι: 'i',
  κ: 'k',
  μ: 'u',
  ν: 'v',
  ο: 'o',
  ρ: 'p',
  τ: 't',
  υ: 'u',
  χ: 'x',
  ω: 'w',
  γ: 'y',
  σ: 'o',
  ς: 'c',
  ɡ: 'g',
  ɑ: 'a',
  ı: 'i',
  ⅼ: 'l',
  ꞓ: 'c',
}
export const LEET: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'l',
}
