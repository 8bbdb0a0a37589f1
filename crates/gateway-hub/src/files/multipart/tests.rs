//! Bodies in every division, and heads as clients write them.

use std::convert::Infallible;

use proptest::prelude::*;
use tokio::runtime::Builder;
use tokio_util::io::ReaderStream;

use super::*;

const PATIENCE: Duration = Duration::from_secs(30);

/// A body that comes in pieces of so many bytes.
fn pieces(bytes: &[u8], size: usize) -> Body {
    Body::from_stream(ReaderStream::with_capacity(std::io::Cursor::new(bytes.to_vec()), size))
}

async fn read(bytes: &[u8], size: usize) -> Result<Vec<(Option<String>, Vec<u8>)>, Unread> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, "multipart/form-data; boundary=XX".parse().expect("a header"));
    let mut body = pieces(bytes, size);
    let mut parts = Multipart::new(&headers, &mut body, PATIENCE).expect("multipart");
    let mut all = Vec::new();
    while let Some(part) = parts.next().await? {
        let mut content = Vec::new();
        while let Some(chunk) = parts.chunk().await? {
            content.extend_from_slice(&chunk);
        }
        all.push((part.file_name, content));
    }
    Ok(all)
}

fn run<T>(future: impl Future<Output = T>) -> T {
    Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime").block_on(future)
}

#[test]
fn parts_come_as_they_were_sent() {
    let body = b"before\r\n--XX\r\ncontent-disposition: form-data; name=a; filename=\"a.txt\"\r\n\r\none\r\n--XX \t\r\n\
        Content-Type: text/plain\r\nContent-Disposition:form-data;filename=b\r\n\r\n\r\n--X\r\r\n\r\n--XX\r\n\r\n\r\n--XX--\r\nafter";
    let wanted = [(Some("a.txt"), &b"one"[..]), (Some("b"), b"\r\n--X\r\r\n"), (None, b"")];
    let wanted = Vec::from(wanted.map(|(name, content)| (name.map(str::to_owned), content.to_vec())));
    for size in 1..body.len() {
        assert_eq!(run(read(body, size)), Ok(wanted.clone()), "in pieces of {size}");
    }
}

#[test]
fn what_is_no_multipart_is_told_apart() {
    let head = |text: String| [b"--XX\r\n".as_slice(), text.as_bytes(), b"\r\n\r\nx\r\n--XX--"].concat();
    for (body, why) in [
        (b"".to_vec(), "it ends before its last boundary"),
        (b"--XX\r\n\r\n".to_vec(), "it ends before its last boundary"),
        (b"--XX\r\n\r\nabc\r\n--XX".to_vec(), "it ends before its last boundary"),
        (b"--XXX\r\n\r\nabc\r\n--XX--".to_vec(), "something follows a boundary on its line"),
        (vec![b'a'; HEAD + 100], "its parts don't begin with the boundary"),
        (head(format!("a: {}", "b".repeat(HEAD))), "a part's head is too long"),
        ([&b"--XX\r\na: \xff\r\n\r\n--XX--"[..]].concat(), "a part's head is no text in UTF-8"),
        ([&b"--XX\r\n\r\n\r\n--XX--"[..], &[b'a'; HEAD + 1]].concat(), "too much follows its last boundary"),
    ] {
        for size in [1, 7, 1 << 20] {
            assert_eq!(run(read(&body, size)), Err(Unread::Malformed(why)));
        }
    }
}

#[test]
fn names_are_read_as_clients_write_them() {
    for (given, name) in [
        (r#"form-data; name="f"; filename="a b.txt""#, Some("a b.txt")),
        (r#"form-data; filename=a.txt; name=f"#, Some("a.txt")),
        (r#"form-data; FileName="a;b=\"c\\d\".txt""#, Some(r#"a;b="c\d".txt"#)),
        (r#"form-data; filename="C:\dir\a.txt""#, Some(r"C:\dir\a.txt")),
        (r#"form-data; filename="Grüße.txt""#, Some("Grüße.txt")),
        (r#"form-data; filename="x"; filename*=utf-8''Gr%C3%BC%C3%9Fe.txt"#, Some("Grüße.txt")),
        (r#"form-data; filename="a/b.txt"#, Some("a/b.txt")),
        (r#"form-data; filename="""#, None),
        (r#"form-data; name="filename=a""#, None),
        ("form-data", None),
        ("", None),
    ] {
        let head = format!("\r\nContent-Disposition: {given}\r\n\r\n");
        let read = read_head(head.as_bytes()).map(|part| part.file_name);
        assert_eq!(read, Ok(name.map(str::to_owned)), "{given}");
    }
    for given in ["form-data; filename*=latin1''a", "form-data; filename*=utf-8''%ff", "form-data; filename*=a"] {
        read_head(format!("\r\nContent-Disposition: {given}\r\n\r\n").as_bytes()).expect_err(given);
    }
}

#[test]
fn boundaries_are_read_as_clients_write_them() {
    let long = "b".repeat(BOUNDARY + 1);
    for (given, wanted) in [
        ("multipart/form-data; boundary=abc", Some("abc")),
        ("Multipart/Form-Data;charset=utf-8;Boundary=\"a b\"; x=y", Some("a b")),
        ("multipart/form-data", None),
        ("multipart/form-data; boundary=", None),
        ("multipart/mixed; boundary=abc", None),
        ("application/json; boundary=abc", None),
        (&format!("multipart/form-data; boundary={long}"), None),
    ] {
        assert_eq!(boundary(given).as_deref(), wanted, "{given}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_sends_nothing_more_is_not_waited_for() {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, "multipart/form-data; boundary=XX".parse().expect("a header"));
    let (mut client, server) = tokio::io::duplex(64);
    tokio::io::AsyncWriteExt::write_all(&mut client, b"--XX\r\n\r\nabc").await.expect("room");
    let mut body = Body::from_stream(ReaderStream::new(server));
    let mut parts = Multipart::new(&headers, &mut body, PATIENCE).expect("multipart");
    let began = tokio::time::Instant::now();
    assert_eq!(parts.next().await, Ok(Some(Part { file_name: None })));
    assert_eq!(parts.chunk().await, Err(Unread::Stalled));
    assert_eq!(began.elapsed(), PATIENCE);
}

/// A body holds no more than one frame and one head, whatever it is made of.
#[test]
fn little_is_kept_of_a_body() {
    let frame = Bytes::from(vec![b'\r'; 16 << 10]);
    let first = Bytes::from_static(b"--XX\r\n\r\n");
    let frames = std::iter::once(first).chain(std::iter::repeat_n(frame, 50)).map(Ok::<_, Infallible>);
    let mut body = Body::from_stream(futures_util::stream::iter(frames));
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, "multipart/form-data; boundary=XX".parse().expect("a header"));
    run(async {
        let mut parts = Multipart::new(&headers, &mut body, PATIENCE).expect("multipart");
        parts.next().await.expect("a part");
        while let Ok(Some(_)) = parts.chunk().await {
            assert!(parts.buffer.capacity() <= 64 << 10, "{}", parts.buffer.capacity());
        }
    });
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(
        bytes in proptest::collection::vec(prop_oneof![Just(b"\r\n--XX".to_vec()), Just(b"\r\n\r\n".to_vec()),
            Just(b"--".to_vec()), Just(b"content-disposition: form-data; filename=\"a\\".to_vec()),
            proptest::collection::vec(any::<u8>(), 0..8)], 0..20),
        size in 1..64_usize,
    ) {
        let _ = run(read(&bytes.concat(), size));
    }
}
