/** Words of everyday searches that name no brand, beyond those of the other lexicons. Folded. */

// Here and not imported: bundlers leave out lists that are not used only where they see this beside them.
/* @__NO_SIDE_EFFECTS__ */
const list = (text: string): readonly string[] => text.trim().split(/\s+/)

export const SHOPPING_WORDS = {
  en: list(`accessory accessories adult affordable appliance appliances art assorted authentic automatic baby bag bags basket basic bath beach
    bedding beginner beverage bike boxed breakfast bright budget buffet bundle business cafe camping car care carry cat celebration charcuterie
    cheese child childs chic chunky cleaning clothes clothing cold collectible collection comfortable comfy compact complete cook cookware cool
    cosy cozy craft crafts creative cup cute daily decor decoration decorations decorative delicate delivery device devices dish display dog
    drink drinking drinks drinkware durable easy eco educational electric electronic electronics ergonomic evening extra family fancy fashion
    film films fishing fitness fitted flat floor flower flowers food foods footwear formal fresh friend friendly fruit full fun functional funny furniture game
    games gear gift gifts giftware girlfriend gourmet guest guests gym hair handheld hanging heated herbal hiking hobby holder home homeware hot
    household ideas instrument instruments interior jewellery jewelry journal kids kit kitchenware large lightweight little long lovely low luxury
    machine mens mini modern morning mounted movie movies music musical natural new night novelty nursery office old organic organiser
    organizer outdoor outfit oversized pack painting pantry paper party pet pets picnic pocket portable potted premium present presents pretty
    professional quality quick quiet relaxing replacement room round running salad school seating serving sewing shoes shop short simple sitting
    skincare sleep sleeping slim small snack snacks soft spare special sport sports square stand stationery starter stocking storage stuffers
    stylish supplies sustainable swimming table tableware tall tea teacher team tech thick thin tool tools top toy toys traditional training
    travel trendy trip unique useful vegetable walking wall warm washable wear wedding weekend wet wide wine women womens work workout workshop
    workspace writing yoga young setup decorating hosting dining cooking baking eating party dress clothes drama thriller comedy action
    adventure romance horror fantasy documentary animation series book books novel story stories`),
  de: list(`alltag anfanger aufbewahrung ausflug auto baby bad balkon basteln besondere buch buro camping damen deko dekoration draussen edel
    einfach elegant elektrisch essen familie fest film frauen freund freundin fruhstuck garten gaste geburtstag geschenk geschenke geschenkidee
    gross gunstig handgemacht haus haushalt heim herren hochwertig hund ideen kaffee kalt katze kinder klein kochen kuche lang leicht manner
    mobel modern nachhaltig neu outdoor party praktisch rund schlafen schmuck schon schone schones schonen schule schreibtisch set sommer spiel
    spielzeug sport stabil stilvoll tee tisch trinken unterwegs urlaub wandern warm weihnachten wein werkzeug winter wohnen wohnung wohnzimmer zubehor`),
} as const
