/**
 * English words of shopping that stand for the same thing, or nearly: what one shop calls a sofa another calls a couch.
 * Written for this check alone; the product's own rules know nothing of it. One group a line.
 */
const TABLE = `
sofa couch settee divan loveseat chesterfield
chair seat armchair recliner stool
table desk workstation bureau
dresser drawers chiffonier commode sideboard
cabinet cupboard wardrobe armoire closet
shelf bookcase rack étagère ledge
bed cot bunk mattress futon
lamp light lantern torch luminaire
chandelier sconce pendant fixture
candle taper votive tealight
rug carpet mat runner kilim
curtain drape blind shade valance
cushion pillow bolster headrest
blanket throw quilt comforter duvet afghan
towel washcloth bathrobe flannel
mirror looking-glass reflector
clock timepiece alarm chronometer
vase urn jar amphora
basket hamper bin crate pannier
frame border mount surround
poster print artwork picture painting
sculpture statue figurine bust
wreath garland festoon swag
ornament bauble trinket knickknack
tree evergreen conifer fir spruce
plant shrub houseplant greenery foliage
succulent cactus aloe agave
flower bloom blossom posy
bouquet nosegay corsage arrangement
rose peony ranunculus camellia
planter pot flowerpot jardiniere
soil compost mulch loam
backpack rucksack knapsack daypack haversack
bag tote satchel holdall sack
handbag purse clutch pocketbook
suitcase luggage trunk valise baggage
wallet billfold cardholder moneybag
belt sash girdle cummerbund waistband
scarf shawl wrap stole muffler pashmina
hat cap bonnet beanie fedora
glove mitten gauntlet mitt
tie necktie cravat bowtie
sock stocking hosiery hose
shoe footwear loafer brogue
sneaker trainer plimsoll kicks
boot wellington galosh bootie
sandal flip-flop espadrille slider
heel stiletto pump court
slipper mule moccasin scuff
shirt blouse top tunic
tee t-shirt singlet undershirt
jacket coat blazer parka anorak
sweater jumper pullover cardigan jersey
hoodie sweatshirt fleece zip-up
jeans denim dungarees overalls
trousers pants slacks chinos
shorts bermudas culottes cutoffs
skirt kilt miniskirt sarong
dress gown frock sundress
suit tuxedo ensemble tailcoat
pyjamas nightwear sleepwear nightgown
swimsuit bikini bathers swimwear
underwear lingerie briefs knickers
vest waistcoat gilet bodywarmer
raincoat mackintosh slicker poncho
apron pinafore smock tabard
watch wristwatch timekeeper stopwatch
necklace choker chain locket
bracelet bangle cuff wristlet
ring band signet solitaire
earring stud hoop dangler
brooch pin clasp badge
jewelry jewellery gem bijou
diamond brilliant gemstone zirconia
glasses eyeglasses spectacles specs eyewear
sunglasses shades aviators sunnies
umbrella parasol brolly sunshade
perfume fragrance cologne scent
soap cleanser bodywash scrub
shampoo conditioner haircare rinse
lotion moisturizer cream balm salve
lipstick lipgloss rouge tint
makeup cosmetics maquillage concealer
brush comb bristle applicator
razor shaver trimmer clipper
beard whiskers moustache stubble
toothbrush toothpaste mouthwash floss
bathtub tub basin jacuzzi
nail fingernail manicure pedicure
hair tresses locks mane
pan skillet frypan griddle
saucepan stockpot casserole cauldron
kettle teakettle boiler urnlet
teapot samovar infuser brewer
cup mug tumbler beaker teacup
glassware goblet stemware flute
plate dish platter saucer
bowl tureen ramekin porringer
knife blade cleaver dagger
fork cutlery silverware flatware
spoon ladle scoop dipper
spatula turner flipper scraper
whisk beater blender mixer
grater zester shredder mandoline
oven stove cooker range
toaster grill broiler rotisserie
refrigerator fridge icebox freezer
pitcher jug carafe decanter ewer
bottle flask canteen thermos
tray salver server trolley
napkin serviette tissue doily
tablecloth linen placemat coverlet
cookbook recipe culinary gastronomy
coffee espresso latte mocha
tea chai matcha oolong
juice nectar cordial squash
soda pop cola lemonade
wine vino merlot claret
beer lager ale stout
water mineral spring aqua
milk dairy buttermilk whey
cheese cheddar brie gouda
butter margarine spread ghee
egg omelette yolk albumen
bread loaf baguette sourdough
bun roll brioche bap
cake gateau sponge torte
cookie biscuit shortbread macaroon
pastry croissant danish strudel
pie tart quiche flan
doughnut donut beignet cruller
chocolate cocoa truffle fudge
candy sweet confection bonbon toffee
ice-cream gelato sorbet sundae
fruit produce berry orchard
apple pippin russet bramley
orange tangerine clementine mandarin satsuma
lemon lime citrus citron
strawberry raspberry blueberry blackberry
grape raisin sultana currant
melon cantaloupe honeydew watermelon
tomato cherry-tomato passata beefsteak
potato spud tater fries
carrot parsnip turnip radish
lettuce salad romaine arugula rocket
spinach chard kale greens
mushroom fungus champignon shiitake
eggplant aubergine brinjal zucchini courgette
pepper capsicum chili paprika
onion shallot scallion leek
bean lentil legume chickpea pulse
corn maize sweetcorn polenta
rice risotto basmati pilaf
pasta spaghetti noodles macaroni
beef steak sirloin ribeye brisket
pork bacon ham gammon
chicken poultry hen fowl
lamb mutton hogget cutlet
sausage bratwurst salami frankfurter
fish salmon trout cod
shrimp prawn crayfish langoustine
crab lobster crustacean shellfish
soup broth chowder bisque
sandwich panini sub hoagie
burger hamburger cheeseburger slider-bun
snack nibble munchies crisps
nut almond cashew pistachio
honey syrup molasses treacle
spice seasoning herb condiment
salt sodium brine seasalt
guitar six-string ukulele banjo
piano keyboard synthesizer organ
drum percussion tom-tom bongo djembe
violin fiddle viola cello
trumpet bugle cornet horn
flute recorder piccolo fife
microphone mic lapel-mic transmitter
speaker loudspeaker woofer soundbar
headphones earphones earbuds headset
amplifier amp booster preamp
turntable gramophone phonograph record-player
camera camcorder dslr videocam
lens objective zoom telephoto
tripod stand monopod gimbal
television tv telly screen
computer laptop notebook pc
phone smartphone mobile handset
monitor display panel visualizer
mouse trackpad trackball touchpad
printer copier scanner plotter
cable cord wire lead
charger adapter powerbank dock
battery accumulator cell powerpack
hammer mallet gavel sledge
wrench spanner ratchet socket
pliers pincers tongs nippers
saw hacksaw jigsaw handsaw
drill auger borer driver
screwdriver phillips torx screw
axe hatchet tomahawk chopper
ladder steps stepladder scaffold
glue adhesive paste epoxy
paint lacquer varnish enamel
toolbox toolkit chest caddy
tent marquee pavilion shelter
sleeping-bag bedroll bivouac swag-bag
campfire bonfire firepit brazier
lighter matches firestarter flint
compass navigator gps bearing
binoculars telescope spyglass monocular
kayak canoe rowboat dinghy
paddle oar scull blades
fishing angling trawling fly-fishing
lure bait spinner wobbler
rod pole reel tackle
bicycle bike cycle velocipede
helmet headgear hardhat visor
skateboard longboard scooter rollerblade
ball football basketball sphere
racket racquet bat paddle-bat
dumbbell barbell weights kettlebell
yoga pilates stretching meditation
dog puppy hound canine pup
cat kitten feline kitty
leash lead-rope tether harness
kibble petfood chow pet-treat
toy plaything doll teddy
puzzle jigsaw-puzzle brainteaser riddle
book novel paperback hardcover
notebook-paper journal diary notepad
pen ballpoint biro marker
gift present keepsake souvenir
card greeting postcard note
ribbon bow streamer tinsel
christmas xmas yuletide noel
halloween spooky haunted ghoulish
easter bunny egg-hunt paschal
valentine sweetheart romance beloved
wedding bridal nuptial matrimony
birthday anniversary celebration party
holiday vacation festive getaway
`

export const SYNONYMS: readonly (readonly string[])[] = TABLE.trim()
  .split('\n')
  .map((line) => [...new Set(line.split(' ').map((word) => word.replaceAll('-', ' ')))])
