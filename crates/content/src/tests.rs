//! Nothing that runs or styles survives, however it is written; and what people may see stays.

use std::time::Instant;

use parlor_rooms::{BotId, Content, Message, html};
use proptest::prelude::*;

use super::*;

fn bot(text: &str) -> Message {
    let mut message = Message::bot("Bot", BotId(1), text);
    message.image = Some("https://a.b/x.png".into());
    message.css = Some("https://a.b/x.css".into());
    message.js = Some("https://a.b/x.js".into());
    message
}

fn fitted(text: &str, content: Content) -> Message {
    let mut message = bot(text);
    fit(&mut message, content);
    message
}

/// Reads what came out again, by the standard's rules for tags, and looks at every tag and attribute.
fn assert_harmless(clean: &str, from: &str) {
    assert!(!clean.contains("<!") && !clean.contains("<?"), "{clean} from {from}");
    for tag in html::tags(clean) {
        assert!(!FORBIDDEN.contains(&&*tag.name), "<{}> in {clean} from {from}", tag.name);
        for (name, value) in tag.attributes() {
            let letters: String = value.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
            let value = letters.to_ascii_lowercase();
            assert!(
                !name.starts_with("on") && !BAD_ATTRIBUTES.contains(&name.as_str()),
                "{name} in {clean} from {from}"
            );
            let address = matches!(name.as_str(), "href" | "src" | "action" | "cite");
            assert!(
                !address || !value.starts_with("javascript:") && !value.starts_with("vbscript:"),
                "{clean} from {from}"
            );
            let data = address && value.starts_with("data:");
            assert!(!data || (name == "src" && !value.starts_with("data:text")), "{clean} from {from}");
            assert!(name != "id" || value.starts_with("u-"), "{clean} from {from}");
        }
    }
}

const FORBIDDEN: &[&str] = &[
    "script",
    "style",
    "svg",
    "math",
    "noscript",
    "title",
    "iframe",
    "object",
    "embed",
    "link",
    "meta",
    "base",
    "template",
    "frame",
    "frameset",
    "xmp",
    "plaintext",
    "noembed",
    "noframes",
    "html",
    "head",
    "body",
];
const BAD_ATTRIBUTES: &[&str] = &[
    "style",
    "class",
    "name-",
    "formaction",
    "srcdoc",
    "srcset",
    "background",
    "autofocus",
    "target",
    "ping",
    "slot",
    "is",
];

#[test]
fn what_people_may_see_stays() {
    let kept = [
        "<p>a <b>b</b> <i>c</i> <code>d</code></p><ul><li>e</li></ul>",
        "<table><tbody><tr><td colspan=\"2\">x</td></tr></tbody></table>",
        "<img src=\"/relative.png\" alt=\"x\"><img src=\"data:image/png;base64,AAAA\">",
        "<form action=\"/next\" method=\"post\"><input type=\"text\" name=\"q\" value=\"1\"><select name=\"s\"><option value=\"a\" selected=\"\">A</option></select><textarea name=\"t\">x</textarea><button name=\"go\" value=\"1\">Go</button></form>",
        "<details open=\"\"><summary>s</summary>t</details>",
    ];
    for text in kept {
        let clean = fitted(text, Content::Formatted);
        assert_eq!((clean.text.as_str(), clean.content), (text, Content::Formatted));
    }
    let link = fitted("<a href='page?a=1&b=2'>x</a>", Content::Formatted).text;
    assert_eq!(link, "<a href=\"page?a=1&amp;b=2\" rel=\"noopener noreferrer nofollow\">x</a>");
    let label = fitted("<label for=x>X</label><input id=x list=y><datalist id=y></datalist>", Content::Formatted).text;
    assert!(label.contains("for=\"u-x\"") && label.contains("id=\"u-x\"") && label.contains("list=\"u-y\""), "{label}");
}

#[test]
fn what_runs_or_styles_goes() {
    let message = fitted("<b onclick=a() style=x class=y>x</b>", Content::Formatted);
    assert_eq!(message.text, "<b>x</b>");
    assert_eq!((message.css, message.js), (None, None));
    assert!(message.image.is_some());
    let gone = [
        "<script>alert(1)</script>",
        "<style>*{}</style>",
        "<svg><script>1</script></svg>",
        "<math><mi>x</mi></math>",
        "<iframe src=x></iframe>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
        "<title>x</title>",
        "<link rel=stylesheet href=x>",
        "<meta http-equiv=refresh content=0>",
        "<base href=//evil>",
        "<object data=x></object>",
        "<embed src=x>",
        "<template><b></b></template>",
        "<!-- x -->",
        "<!doctype html>",
    ];
    for text in gone {
        assert_harmless(&fitted(text, Content::Formatted).text, text);
    }
    assert_eq!(
        fitted("<a href=javascript:alert(1)>x</a>", Content::Formatted).text,
        "<a rel=\"noopener noreferrer nofollow\">x</a>"
    );
    for address in [
        "java\tscript:alert(1)",
        " javascript:1",
        "\u{1}javascript:1",
        "JaVaScRiPt:1",
        "vbscript:1",
        "data:text/html,x",
    ] {
        let clean = fitted(
            &format!("<a href=\"{address}\">x</a><img src=\"{address}\"><form action=\"{address}\"></form>"),
            Content::Formatted,
        );
        assert_harmless(&clean.text, address);
    }
}

#[test]
fn plain_is_escaped_text() {
    let message = fitted("<p>1 &lt; 2</p><p><a href='https://a.b'>see</a></p><script>x</script>", Content::Plain);
    assert_eq!(message.text, "1 &lt; 2<br>see (https://a.b)");
    assert_eq!((message.image, message.css, message.js, message.content), (None, None, None, Content::Plain));
    assert_eq!(
        fitted("<<b>script>alert(1)<</b>/script>", Content::Plain).text,
        "&lt;script&gt;alert(1)&lt;/script&gt;"
    );
}

#[test]
fn empty_lines_at_the_beginning_of_verbatim_text_stay() {
    // The first one is no text for who reads HTML.
    for element in ["pre", "textarea"] {
        for lines in 1..10 {
            let text = format!("<{element} title=\"a > b\">{}x</{element}>", "\n".repeat(lines));
            let clean = fitted(&text, Content::Formatted).text;
            let kept = clean.matches('\n').count();
            assert_eq!(kept, if lines == 1 { 0 } else { lines }, "{clean:?} of {text:?}");
            assert_eq!(fitted(&clean, Content::Formatted).text, clean);
        }
    }
}

#[test]
fn what_is_shown_as_text_stays_so_when_it_is_cleaned_again() {
    let deep = format!("{}\r\0\u{a0}\"&amp;\r\n", "<table><b>".repeat(20_000));
    let once = fitted(&deep, Content::Formatted).text;
    assert!(!once.contains("<table"), "it is too deep to be read as HTML");
    assert_eq!(fitted(&once, Content::Formatted).text, once);
}

#[test]
fn people_and_the_server_are_not_cleaned_but_lose_scripts() {
    let mut message = Message::user("Ann", "<script>is text</script>");
    message.js = Some("https://a.b/x.js".into());
    assert!(!fits(&message, Content::Formatted));
    fit(&mut message, Content::Formatted);
    assert_eq!(
        (message.text.as_str(), message.js.as_ref(), message.content),
        ("<script>is text</script>", None, Content::Open)
    );
    assert!(fits(&message, Content::Plain));
    let system = Message::system("<pre>x</pre>");
    let mut same = system.clone();
    fit(&mut same, Content::Plain);
    assert_eq!(same, system);
}

#[test]
fn what_was_cleaned_is_not_cleaned_less() {
    let mut message = fitted("<b>x</b>", Content::Plain);
    fit(&mut message, Content::Formatted);
    assert_eq!((message.text.as_str(), message.content), ("x", Content::Plain));
    let mut message = fitted("<b>x</b>", Content::Formatted);
    assert!(fits(&message, Content::Open) && fits(&message, Content::Formatted) && !fits(&message, Content::Plain));
    fit(&mut message, Content::Plain);
    assert_eq!(message.text, "x");
}

#[test]
fn no_text_takes_long() {
    let fonts: String = (0..5_000).map(|n| format!("<font size={n}>")).collect();
    let many = |piece: &str, bytes: usize| piece.repeat(bytes / piece.len());
    let hostile = [
        many("<div>", 1 << 17),
        many("<b>", 1 << 17),
        format!("{fonts}{}", many("<p>x</p>", 100_000)),
        format!("{fonts}{}{}", many("<!--</font>-->", 100_000), many("<p>x</p>", 300_000)),
        format!(
            "{}{}",
            (0..3_000).map(|n| format!("<font size={n} title='</font>'>")).collect::<String>(),
            many("<p>x", 200_000)
        ),
        format!("<b {}>", (0..20_000).map(|n| format!("a{n} ")).collect::<String>()),
        many("<table><b>", 1 << 17),
        many("<a href=x><table><tr><td>", 1 << 17),
        many("<", 1 << 17),
        many("&", 1 << 17),
        many("&</b>", 1 << 17),
        many("\u{a0}", 1 << 18),
        many("<svg>", 1 << 17),
        many("<script>", 1 << 17),
        many("<!--", 1 << 17),
    ];
    for text in &hostile {
        #[expect(clippy::disallowed_methods, reason = "it is what is measured")]
        let began = Instant::now();
        for content in [Content::Formatted, Content::Plain] {
            assert_harmless(&fitted(text, content).text, "a hostile text");
        }
        let took = began.elapsed();
        assert!(took.as_secs() < 60, "{took:?} for {}…", &text[..40.min(text.len())]);
    }
}

#[test]
fn a_long_ordinary_text_is_not_too_much() {
    let row = "<tr><td><b>1</b></td><td><a href='x'>link</a></td><td class=x>and <i>words</i></td></tr>\n";
    let text = format!("<table>{}</table>", row.repeat(1_000));
    assert_eq!(fitted(&text, Content::Formatted).content, Content::Formatted);
    assert!(bounds::are_kept(&text));
    assert!(bounds::are_kept(&format!(
        "<form>{}</form>",
        "<p><label>x<textarea name=y></textarea></label>".repeat(200)
    )));
}

/// Pieces of which hostile texts are made.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "<",
        ">",
        "</",
        "/>",
        "\"",
        "'",
        "`",
        "=",
        " ",
        "\n",
        "\0",
        "&",
        ";",
        "&lt;",
        "&#x3c",
        "&#60;",
        "<!--",
        "-->",
        "--!>",
        "<!",
        "<![CDATA[",
        "]]>",
        "<script>",
        "</script>",
        "<script",
        "<style>",
        "</style>",
        "<svg>",
        "</svg>",
        "<math>",
        "</math>",
        "<mtext>",
        "<mglyph>",
        "<annotation-xml encoding=text/html>",
        "<foreignObject>",
        "<noscript>",
        "</noscript>",
        "<title>",
        "</title>",
        "<textarea>",
        "</textarea>",
        "<xmp>",
        "</xmp>",
        "<iframe>",
        "</iframe>",
        "<template>",
        "</template>",
        "<select>",
        "<option>",
        "<table>",
        "<tr>",
        "<td>",
        "<caption>",
        "<form>",
        "</form>",
        "<p>",
        "<b>",
        "</b>",
        "<a href=",
        "javascript:",
        "data:text/html,",
        "alert(1)",
        "<img src=x onerror=alert(1)>",
        " onload=alert(1) ",
        " style=x ",
        "<plaintext>",
        "<a title=\"",
        "\">",
        "<desc>",
        "<img src=x ",
        "id=",
        "name=",
        "x",
        "é",
        "\u{2028}",
        "<body onload=x>",
        "<frameset>",
        "<input autofocus onfocus=x>",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_executable_survives_and_cleaning_again_changes_nothing(pieces in prop::collection::vec(piece(), 0..40)) {
        let text = pieces.concat();
        let once = fitted(&text, Content::Formatted).text;
        assert_harmless(&once, &text);
        let twice = fitted(&once, Content::Formatted).text;
        prop_assert_eq!(&once, &twice, "from {}", text);
        let plain = fitted(&text, Content::Plain).text;
        prop_assert!(!plain.replace("<br>", "").contains(['<', '>', '"']), "{}", plain);
    }
}
