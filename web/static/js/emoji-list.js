// Emoji that people use, by group: the sign, its name after a colon, and other words by which it is looked for.

/** @type {[string, string][]} */
export const GROUPS = [
  ['faces', `
😀 grinning happy smile joy
😃 smiley happy
😄 smile happy laugh
😁 grin teeth
😆 laughing haha
😅 sweat_smile phew relief
😂 joy tears laugh lol
🤣 rofl laugh floor
🙂 slight_smile ok
🙃 upside_down silly irony
😉 wink
😊 blush pleased
😇 innocent angel halo
🥰 hearts love smiling
😍 heart_eyes love
🤩 star_struck wow
😘 kiss kissing
😋 yum tasty delicious
😛 tongue
😜 wink_tongue crazy
🤪 zany goofy
🤑 money_face rich
🤗 hug
🤭 giggle oops
🤫 shush quiet secret
🤔 thinking hmm
🤐 zipper silent
🤨 raised_eyebrow doubt
😐 neutral
😑 expressionless
😶 no_mouth speechless
😏 smirk
😒 unamused meh
🙄 eye_roll
😬 grimace awkward
😌 relieved calm
😔 pensive sad
😪 sleepy
😴 sleeping tired zzz
😷 mask ill
🤒 thermometer ill fever
🤕 bandage hurt
🤢 nauseated sick
🤧 sneeze cold
🥵 hot heat
🥶 freezing cold
🥴 woozy
😵 dizzy
🤯 mind_blown exploding
🤠 cowboy
🥳 party celebrate birthday
😎 cool sunglasses
🤓 nerd glasses
🧐 monocle inspect
😕 confused
😟 worried
🙁 frown sad
😮 open_mouth surprised
😲 astonished
😳 flushed embarrassed
🥺 pleading please
😧 anguished
😨 fearful scared
😰 anxious sweat
😥 sad_relieved phew
😢 cry sad tear
😭 sob crying
😱 scream shock
😖 confounded
😞 disappointed sad
😓 sweat
😩 weary tired
😫 tired
🥱 yawn bored
😤 triumph huff
😡 rage angry
😠 angry
🤬 swearing curse
😈 devil imp
💀 skull dead
💩 poop
🤡 clown
👻 ghost
👽 alien
🤖 robot bot
😺 smiling_cat
😹 joy_cat
😻 heart_cat
🙀 scream_cat
😿 crying_cat
🙈 see_no_evil monkey
🙉 hear_no_evil monkey
🙊 speak_no_evil monkey
`],
  ['people', `
👋 wave hello hi bye
🤚 back_of_hand
✋ hand stop high_five
🖖 vulcan spock
👌 ok_hand perfect
🤌 pinched_fingers italian
🤏 pinch small
✌️ victory peace
🤞 fingers_crossed luck
🤟 love_you
🤘 metal rock
🤙 call_me
👈 point_left
👉 point_right
👆 point_up
👇 point_down
☝️ index_up first
👍 thumbsup +1 yes good like
👎 thumbsdown -1 no bad
✊ fist
👊 punch
👏 clap applause
🙌 raised_hands hooray
👐 open_hands
🤲 palms
🤝 handshake deal
🙏 pray please thanks
✍️ writing
💅 nails
💪 muscle strong
👀 eyes look
👁️ eye
👂 ear listen
👃 nose
🧠 brain
👅 tongue_out
👄 mouth
👶 baby
🧒 child
👦 boy
👧 girl
🧑 person adult
👨 man
👩 woman
🧓 older_person
🙋 raising_hand question
🙇 bow
🤦 facepalm
🤷 shrug whatever
💁 tipping_hand
🧑‍🏫 teacher
🧑‍🎓 student
🧑‍💻 technologist coder programmer
🧑‍🔬 scientist
🧑‍🎨 artist
🧑‍🚀 astronaut
🧑‍🍳 cook
🕵️ detective
🧙 mage wizard
🧚 fairy
🧛 vampire
🧜 merperson
🧟 zombie
🏃 running run
🚶 walking
💃 dancer
🕺 dancing
🧘 meditation yoga
🛌 in_bed sleep
👪 family
👣 footprints
🗣️ speaking
👥 people group
❤️ heart love red
🧡 orange_heart
💛 yellow_heart
💚 green_heart
💙 blue_heart
💜 purple_heart
🖤 black_heart
🤍 white_heart
💔 broken_heart
💕 two_hearts
💖 sparkling_heart
💯 hundred 100 perfect
💥 boom collision
💫 dizzy_star
💦 splash sweat_drops
💤 zzz sleep
💬 speech_bubble chat
💭 thought
`],
  ['nature', `
🐶 dog puppy
🐱 cat kitten
🐭 mouse
🐹 hamster
🐰 rabbit bunny
🦊 fox
🐻 bear
🐼 panda
🐨 koala
🐯 tiger
🦁 lion
🐮 cow
🐷 pig
🐸 frog
🐵 monkey
🐔 chicken
🐧 penguin
🐦 bird
🐤 chick
🦆 duck
🦅 eagle
🦉 owl
🦇 bat
🐺 wolf
🐴 horse
🦄 unicorn
🐝 bee
🐛 bug caterpillar
🦋 butterfly
🐌 snail
🐞 ladybug
🐜 ant
🕷️ spider
🐢 turtle slow
🐍 snake python
🦎 lizard
🦖 t_rex dinosaur
🐙 octopus
🦀 crab rust
🦞 lobster
🐠 fish tropical
🐬 dolphin
🐳 whale
🦈 shark
🐘 elephant
🦒 giraffe
🐑 sheep
🐐 goat
🦔 hedgehog
🐿️ squirrel chipmunk
🐾 paws
🌵 cactus
🎄 christmas_tree
🌲 evergreen tree
🌳 tree
🌴 palm
🌱 seedling sprout
🌿 herb fern
☘️ shamrock
🍀 clover luck
🍁 maple autumn
🍂 leaves fall
🍄 mushroom
💐 bouquet flowers
🌷 tulip
🌹 rose
🌻 sunflower
🌼 blossom flower
🌸 cherry_blossom spring
🌍 earth world globe europe africa
🌎 americas
🌏 asia
🌙 moon night
🌚 new_moon_face
🌞 sun_face
⭐ star
🌟 glowing_star
✨ sparkles new magic
⚡ zap lightning
🔥 fire hot flame
🌈 rainbow
☀️ sun sunny
⛅ partly_cloudy
☁️ cloud
🌧️ rain
⛈️ thunderstorm
❄️ snowflake cold winter
⛄ snowman
💨 wind dash
💧 droplet water
☔ umbrella rain
🌊 wave_sea ocean
`],
  ['food', `
🍏 green_apple
🍎 apple
🍐 pear
🍊 orange tangerine
🍋 lemon
🍌 banana
🍉 watermelon
🍇 grapes
🍓 strawberry
🫐 blueberries
🍒 cherries
🍑 peach
🥭 mango
🍍 pineapple
🥥 coconut
🥝 kiwi
🍅 tomato
🥑 avocado
🍆 eggplant aubergine
🥔 potato
🥕 carrot
🌽 corn
🌶️ pepper chili
🥒 cucumber
🥦 broccoli
🧄 garlic
🧅 onion
🥜 peanuts
🍞 bread
🥐 croissant
🥨 pretzel
🧀 cheese
🥚 egg
🍳 cooking fried_egg
🥞 pancakes
🧇 waffle
🥓 bacon
🍗 poultry
🍔 burger hamburger
🍟 fries
🍕 pizza
🌭 hotdog
🥪 sandwich
🌮 taco
🌯 burrito
🥗 salad
🍝 spaghetti pasta
🍜 noodles ramen
🍲 stew soup
🍣 sushi
🍚 rice
🥟 dumpling
🍦 ice_cream
🍩 doughnut donut
🍪 cookie
🎂 birthday cake
🍰 shortcake cake
🧁 cupcake
🥧 pie
🍫 chocolate
🍬 candy
🍭 lollipop
🍯 honey
🥛 milk
☕ coffee
🍵 tea
🍺 beer
🍻 cheers
🥂 clink toast
🍷 wine
🍹 cocktail drink
🧃 juice
🧊 ice
🍽️ plate dinner
`],
  ['places', `
🚗 car
🚕 taxi
🚌 bus
🚑 ambulance
🚒 fire_engine
🚚 truck
🚜 tractor
🚲 bicycle bike
🛴 scooter
🏍️ motorcycle
🚂 train locomotive
🚇 metro subway
🚊 tram
✈️ airplane flight
🚀 rocket launch ship
🛸 ufo
🚁 helicopter
⛵ sailboat
🚢 ship
⚓ anchor
🚦 traffic_light
🗺️ map
🧭 compass
🏔️ mountain
🌋 volcano
🏖️ beach
🏝️ island
🏕️ camping
🏠 house home
🏡 garden_house
🏢 office
🏥 hospital
🏫 school
🏭 factory
🏰 castle
⛪ church
🕌 mosque
🕍 synagogue
🗼 tower
🗽 liberty
⛲ fountain
🌆 cityscape
🌅 sunrise
🌃 night_city
🌉 bridge
🎡 ferris_wheel
🎪 circus
🛋️ sofa couch parlor
🪑 chair
🚪 door
🛏️ bed
🛁 bath
`],
  ['doing', `
⚽ soccer football
🏀 basketball
🏈 american_football
⚾ baseball
🎾 tennis
🏐 volleyball
🏓 ping_pong
🏸 badminton
🥅 goal
⛳ golf
🎣 fishing
🥊 boxing
⛸️ skate
🎿 ski
🏊 swimming
🚴 cycling
🧗 climbing
🏆 trophy win
🥇 gold first_place
🥈 silver
🥉 bronze
🏅 medal
🎯 dart bullseye target
🎮 game video_game
🕹️ joystick
🎲 dice game
🧩 puzzle
♟️ chess pawn
🎭 theater
🎨 art palette
🎬 film clapper
🎤 microphone sing
🎧 headphones music
🎼 score
🎵 note music
🎶 notes music
🎹 piano
🥁 drum
🎷 saxophone
🎺 trumpet
🎸 guitar
🎻 violin
🎉 tada party celebrate
🎊 confetti
🎈 balloon
🎁 gift present
🎃 pumpkin halloween
🎆 fireworks
`],
  ['things', `
⌚ watch
📱 phone mobile
💻 laptop computer
🖥️ desktop computer
⌨️ keyboard
🖱️ computer_mouse
🖨️ printer
💾 floppy save
💿 disc
📷 camera photo
🎥 movie_camera
📺 tv
📻 radio
🎙️ studio_microphone
⏰ alarm clock
⏳ hourglass wait
🔋 battery
🔌 plug
💡 bulb idea light
🔦 flashlight
🕯️ candle
🗑️ trash
💰 money_bag
💳 card
💎 gem diamond
🔧 wrench
🔨 hammer
🛠️ tools
⚙️ gear settings
🧰 toolbox
🧲 magnet
🔬 microscope
🔭 telescope
🧪 test_tube
🧬 dna
💊 pill
💉 syringe
🩹 plaster
🧹 broom
🧺 basket
🧻 paper_roll
🧼 soap
🔑 key
🗝️ old_key
🔒 lock
🔓 unlock
📦 package box
📫 mailbox
✉️ envelope mail
📧 email
📝 memo note
📄 page
📊 bar_chart
📈 chart_up growing
📉 chart_down
📅 calendar date
📌 pin
📎 paperclip
📏 ruler
✂️ scissors cut
🖊️ pen
✏️ pencil
🖍️ crayon
📚 books
📖 book read
🔖 bookmark
🏷️ label tag
📰 newspaper
🔗 link
🔍 search magnifier
🧸 teddy
🎒 backpack school
👓 glasses
👕 tshirt
👑 crown
🎓 graduation
👟 shoe
🧦 socks
☂️ umbrella_closed
💼 briefcase
🔔 bell
🔕 no_bell
📢 loudspeaker
📣 megaphone
`],
  ['signs', `
✅ check done yes
✔️ checkmark
❌ x no wrong
❎ cross
➕ plus
➖ minus
❓ question
❔ white_question
❗ exclamation
⚠️ warning
🚫 prohibited forbidden
⛔ no_entry
🛑 stop
♻️ recycle
🔄 refresh again
🔁 repeat
▶️ play
⏸️ pause
⏹️ stop_button
⏩ fast_forward
⬆️ up
⬇️ down
⬅️ left
➡️ right
↩️ back
🔀 shuffle
🔝 top
🔜 soon
🆕 new
🆗 ok
🆒 cool_sign
🆘 sos help
ℹ️ info
♾️ infinity
©️ copyright
™️ trademark
🔴 red_circle
🟠 orange_circle
🟡 yellow_circle
🟢 green_circle
🔵 blue_circle
🟣 purple_circle
⚫ black_circle
⚪ white_circle
🟩 green_square
🟥 red_square
🔶 orange_diamond
🔺 triangle
☮️ peace_sign
☯️ yin_yang
♿ wheelchair access
🏁 finish checkered_flag
🚩 flag
🏳️ white_flag
🏳️‍🌈 rainbow_flag pride
🏴‍☠️ pirate
`],
];
