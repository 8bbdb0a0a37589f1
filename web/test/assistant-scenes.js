// What the gallery shows of the assistant, and what the tests look at: each scene is what `show` takes, and attributes.
(() => {
  const bot = (content) => ({ kind: 'BotText', content });
  const ask = (groupId, question, ...choices) => ({ kind: 'ChoiceRequest', groupId, question, choices: choices.map((content) => ({ itemId: content, content })) });
  const chose = (groupId, content) => ({ kind: 'ChoiceResponse', groupId, itemId: content, content });
  const says = (sessionId, content) => ({ kind: 'UserText', sessionId, content });
  const field = (sessionId, chatPrompt, chatText, input) => ({ kind: 'StartChatSession', sessionId, chatPrompt, chatText, ...(input && { input }) });

  const greeting = [bot('Hi, I’m Bot! Nice to meet you.'), ask('lang', 'What programming language do you use in your hobby projects?', 'Rust', 'Go', 'Other')];
  const survey = [...greeting, chose('lang', 'Other'), field('pref', 'Type your preferred language here…', 'I opened the editor: tell me which one.')];
  const answered = [...survey, says('pref', 'Mostly Zig, some OCaml on rainy days'), { kind: 'EndChatSession', sessionId: 'pref' }];
  const handoff = [...greeting, chose('lang', 'Other'), bot('That one I don’t know.'), { kind: 'Handoff', message: 'I’ve asked somebody to join. It usually takes a minute or two; write what you’d like to know meanwhile.' }];
  const rich =
    '<h3>Opening hours</h3><p>We are here <b>Monday to Friday</b>, <em>9 to 17</em>, and on the <a href="https://example.com/hours">holidays in this list</a>.</p><ul><li>Orders until <code>14:00</code> leave on the same day</li><li>Returns take up to <s>ten</s> five days</li></ul><blockquote>“They answered within a minute.”</blockquote><pre><code>curl -H "Authorization: Bearer 0123456789abcdef0123456789abcdef" https://api.example.com/v1/orders?status=open\n{ "orders": [] }</code></pre><hr><p>Anything else?</p>';

  window.scenes = {
    choices: { messages: greeting },
    editor: { messages: survey },
    talk: { messages: [...answered, ask('others', 'Any other?', 'Yes', 'No')] },
    typing: { messages: [...answered], how: { typing: '' } },
    end: { messages: [...answered, ask('others', 'Any other?', 'Yes', 'No'), chose('others', 'No'), bot('Great, thanks!')] },
    draft: { messages: survey, how: { draft: 'A draft of more than one line, as somebody writes who has much to tell about the languages that they have used, and about those that they would like to' } },
    rich: { messages: [bot(rich), ask('more', '', 'Where is my order?', 'I’d like to return something', 'Prices', 'Talk to somebody')] },
    long: {
      attributes: { title: 'The assistant of the department of unusually long names, and of patience' },
      messages: [bot(`A word ${'verylongword'.repeat(14)} and https://example.com/${'path/'.repeat(30)}`), says('x', 'W'.repeat(240)), ask('q', 'Which of these would describe best what you have in mind when you come to us with a question of this kind?', 'A choice with many words, so many that it can’t stand on one line of any phone or desk', 'x'.repeat(90), 'Short')],
    },
    handoff: { messages: handoff },
    operator: {
      messages: [...handoff, { kind: 'OperatorJoined', author: 'Ana Sousa' }, { kind: 'OperatorText', author: 'Ana Sousa', content: 'Hello! I’m Ana.' }, { kind: 'OperatorText', author: 'Ana Sousa', content: 'Have a look at https://ziglang.org/learn/ and tell me <b>how</b> far you got.' }, says('operator', 'Thank you, that helps!')],
      how: { typing: 'Ana Sousa' },
    },
    left: { messages: [...handoff, { kind: 'OperatorJoined', author: 'Ana Sousa' }, { kind: 'OperatorText', author: 'Ana Sousa', content: 'All set.' }, { kind: 'OperatorLeft' }, ask('rate', 'How was it?', '★', '★★', '★★★')] },
    offline: { messages: [...survey, says('pref', 'OCaml')], how: { state: 'lost', unsent: true } },
    error: { messages: survey, how: { notice: 'An answer can have 4,000 letters at most.', draft: 'Too long' } },
    connecting: { messages: [], how: { state: 'connecting', typing: '' } },
    unreachable: { messages: [], how: { state: 'unreachable' } },
    fallback: { messages: [bot('Hello again.'), { ...ask('topic', 'What is it about?', 'An order', 'A return', 'Something else'), fallback: true }] },
    email: { messages: [field('mail', 'name@example.com', 'Where can we write to you?', { type: 'email' }), says('mail', 'ada@'), bot('That is no e-mail address. Once more, please.')] },
    date: { messages: [field('day', 'The day', 'When would you like to come?', { type: 'date', min: '2026-01-01' })] },
    offered: { messages: [field('size', 'Or type your own', 'Which size?', { type: 'choice', choices: ['S', 'M', 'L'] })] },
    debug: { attributes: { debug: '' }, messages: survey },
    arabic: {
      attributes: { lang: 'ar' },
      messages: [bot('مرحبًا، أنا المساعد. كيف يمكنني مساعدتك؟'), says('x', 'أبحث عن طلبي رقم 4711'), bot('Order 4711 is on its way.'), ask('q', 'هل من شيء آخر؟', 'نعم', 'لا، شكرًا')],
    },
    german: { attributes: { lang: 'de', accent: '#ffd400', title: 'Gelber Helfer' }, messages: [bot('Guten Tag!'), chose('x', 'Hallo'), ask('q', 'Was darf es sein?', 'Eine Bestellung', 'Eine Frage')] },
    violet: { attributes: { accent: 'rebeccapurple', title: 'Iris' }, messages: answered },
    closed: { messages: greeting, how: { opens: false } },
  };

  /** Shows one in an assistant that is made for it. @param {string} name @param {Record<string, string>} attributes @param {Element} where */
  window.scene = (name, attributes, where) => {
    const { attributes: more, messages, how } = window.scenes[name];
    const assistant = document.createElement('parlor-assistant');
    const given = { flow: 'gallery', lang: 'en', mode: 'inline', ...more, ...attributes };
    for (const [key, value] of Object.entries(given)) assistant.setAttribute(key, value);
    // Inline ones begin at once, but not before they are somewhere.
    assistant.show(messages, how);
    where.append(assistant);
    assistant.show(messages, how);
    return assistant;
  };

  // `?one=choices&scheme=dark`: one of them alone; otherwise all of them.
  const query = Object.fromEntries(new URLSearchParams(location.search));
  const { one, ...attributes } = query;
  addEventListener('DOMContentLoaded', () => {
    const main = document.querySelector('main');
    if (one) {
      document.body.className = 'alone';
      window.scene(one, { mode: 'popup', ...attributes }, document.body);
    } else if (main) {
      for (const scheme of ['light', 'dark']) {
        const part = main.appendChild(document.createElement('section'));
        part.className = scheme;
        part.append(Object.assign(document.createElement('h2'), { textContent: scheme }));
        for (const name of Object.keys(window.scenes).filter((one) => one !== 'closed')) {
          const figure = part.appendChild(document.createElement('figure'));
          figure.append(Object.assign(document.createElement('figcaption'), { textContent: name }));
          window.scene(name, { scheme }, figure);
        }
      }
    }
  });
})();
