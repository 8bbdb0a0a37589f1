// Who plays in the pictures: the bots of a class, and what people say to them.

/** @typedef {import('./stage.mjs').Stage} Stage */

const CAT = `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="200" viewBox="0 0 320 200"><rect width="320" height="200" fill="#e9dcc3"/><g fill="none" stroke="#4b3a2a" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"><path fill="#c98d4e" d="M110 96 104 46l34 24a80 80 0 0 1 44 0l34-24-6 50a52 52 0 0 1-50 64 52 52 0 0 1-50-64z"/><path d="M140 104v6M180 104v6M152 124l8 6 8-6M160 130v8M92 118l26 4M94 138l26-6M228 118l-26 4M226 138l-26-6"/></g></svg>`;

const FORECAST = `<style>.forecast{border-collapse:collapse;font-variant-numeric:tabular-nums}.forecast th,.forecast td{padding:4px 14px 4px 0;text-align:left}.forecast th{font-weight:600}</style>
<b>Sydney</b> until Thursday:
<table class="forecast"><tr><th>Today</th><td>Sunny</td><td>24°</td></tr><tr><th>Wednesday</th><td>Showers in the evening</td><td>19°</td></tr><tr><th>Thursday</th><td>Cloudy</td><td>21°</td></tr></table>`;

const CODE = `A route of Flask answers a POST:
<pre><code>@app.post('/echo')
def echo():
    text = request.json['text']
    return {'text': f'You said: {text}'}</code></pre>
The name in <code>@app.post</code> is the end of the bot’s URL.`;

const QUIZ = `<b>Question 2 of 5.</b> What does <code>len('Zürich')</code> give?
<form><p><button name="answer" value="5">5</button> <button name="answer" value="6">6</button> <button name="answer" value="7">7</button></p></form>`;

/** Puts the bots where they listen. @param {Stage} stage */
export function rehearse({ bots }) {
  bots.file('/static/cat.svg', 'image/svg+xml', CAT);
  return {
    echo: bots.at('/echo', ({ text }) => ({ text: `You said: ${text}` })),
    weather: bots.at('/weather', () => ({ text: FORECAST })),
    cat: bots.at('/cat', () => ({ text: 'This is Miso. She sleeps on the modem.', image: '/static/cat.svg' })),
    helper: bots.at('/python', () => ({ text: CODE })),
    quiz: bots.at('/quiz', () => ({ text: QUIZ, state: { question: 2 } })),
    lost: `${bots.base}/diec`,
  };
}

/** A class at work. @param {Stage} stage @param {ReturnType<typeof rehearse>} at @param {string} room */
export async function lesson(stage, at, room) {
  const { parlor } = stage;
  await parlor.bot(room, 'WeatherBot', at.weather, String.raw`weather in (?P<city>\w+)`);
  await parlor.bot(room, 'PyBot', at.helper);
  await parlor.bot(room, 'CatBot', at.cat);
  await parlor.bot(room, 'DiceBot', at.lost);
  await stage.say(room, 'Grace', 'Good morning everyone. Today each group gives its bot a second answer.', 24 * 60 + 70);
  await stage.say(room, 'Linus', 'Ours already tells the weather', 24 * 60 + 64);
  await stage.say(room, 'Grace', 'Group 2, are you ready?', 26);
  await stage.say(room, 'Ada', 'Nearly. Let us ask it.', 25);
  await stage.say(room, 'Ada', 'What is the weather in Sydney?', 24);
  await stage.say(room, 'Linus', 'That table is new', 21);
  await stage.say(room, 'Noor', 'PyBot, how did they do that?', 17);
  await stage.say(room, 'Linus', 'roll it, DiceBot', 9);
  await stage.say(room, 'Noor', 'A letter too many in the URL, I think', 8);
  await stage.say(room, 'Ada', 'CatBot, cheer us up', 3);
}

/** Many people and long talks. @param {Stage} stage @param {string} room @param {number} [many] */
export async function crowd({ parlor }, room, many = 160) {
  const people = ['Ada', 'Linus', 'Grace', 'Noor', 'Edsger', 'Radia', 'Tim', 'Margaret', 'Alan', 'Barbara'];
  const says = ['Does it answer?', 'It does now', 'Which port was it', '5000, as in the guide', 'I changed the pattern to `tea|coffee`', 'Look at https://flask.palletsprojects.com/ for that', 'Thanks', 'Mine says 404', 'Then the route has another name'];
  for (let nth = 0; nth < many; nth += 1) {
    await parlor.call('/api/actions/message', { room, author: people[(nth * 7) % people.length], text: says[(nth * 5) % says.length] });
  }
}
