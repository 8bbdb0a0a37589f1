//! The examples of the standards: what others have signed is verified here, and not if a letter of it differs.

use serde_json::{Value, json};

use crate::{error::TokenError, jws::Token, keys::Keys};

const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

fn keys(keys: &[Value]) -> Keys {
    Keys::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

/// RFC 7515, A.2.
fn rsa() -> (Value, String) {
    let key = json!({"kty": "RSA", "e": "AQAB", "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"});
    let signature = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    (key, format!("eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}.{signature}"))
}

/// RFC 7515, A.3.
fn p256() -> (Value, String) {
    let (x, y) = ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
    let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let key = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y});
    (key, format!("eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}.{signature}"))
}

/// RFC 8037, A.4. Its payload is no JSON.
fn ed25519() -> (Value, String) {
    let key = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    (key, format!("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.{signature}"))
}

fn open(keys: &Keys, token: &str) -> Result<Value, TokenError> {
    Token::parse(token)?.open(keys).map(Value::Object)
}

#[test]
fn what_the_standards_have_signed_is_right() {
    let all = keys(&[rsa().0, p256().0, ed25519().0]);
    for (_, token) in [rsa(), p256()] {
        assert_eq!(open(&all, &token).map(|claims| claims["iss"].clone()), Ok(json!("joe")));
    }
    // The signature is right; what is in it is no set of claims.
    assert_eq!(open(&all, &ed25519().1), Err(TokenError::Shape));
}

#[test]
fn a_letter_that_differs_is_a_forgery() {
    let all = keys(&[rsa().0, p256().0, ed25519().0]);
    for (_, token) in [rsa(), p256(), ed25519()] {
        let (rest, signature) = token.rsplit_once('.').unwrap();
        let (head, payload) = rest.split_once('.').unwrap();
        let other = if payload.starts_with('e') { "f" } else { "e" };
        let payload = format!("{other}{}", &payload[1..]);
        let cut = &signature[..signature.len() - 4];
        for forged in [
            format!("{head}.{payload}.{signature}"),
            format!("{rest}.{cut}"),
            format!("{rest}."),
            format!("{rest}.{}{cut}", &signature[4..8]),
        ] {
            // What is cut may be no base64 any more.
            let refused = open(&all, &forged);
            assert!(matches!(refused, Err(TokenError::Signature | TokenError::Shape)), "{forged}: {refused:?}");
        }
    }
}

#[test]
fn a_key_is_used_for_what_it_is_for_and_for_nothing_else() {
    for (mut key, token) in [rsa(), p256(), ed25519()] {
        let right = open(&keys(&[key.clone()]), &token);
        assert!(!matches!(right, Err(TokenError::Key | TokenError::Signature)), "{right:?}");
        key["use"] = json!("sig");
        key["kid"] = json!("7");
        assert_eq!(open(&keys(&[key.clone()]), &token), right);
        key["alg"] = json!("PS512");
        assert_eq!(open(&keys(&[key.clone()]), &token), Err(TokenError::Key));
        key["use"] = json!("enc");
        assert!(Keys::parse(json!({ "keys": [key] }).to_string().as_bytes()).is_err());
    }
    assert_eq!(open(&keys(&[ed25519().0]), &rsa().1), Err(TokenError::Key));
    assert_eq!(open(&keys(&[rsa().0]), &p256().1), Err(TokenError::Key));
}

#[test]
fn keys_that_are_none_are_passed_over_and_none_at_all_is_an_error() {
    let broken = [
        json!({"kty": "RSA", "n": "", "e": "AQAB"}),
        json!({"kty": "RSA", "n": "AAAA", "e": "AQAB"}),
        json!({"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}),
        json!({"kty": "EC", "crv": "secp256k1", "x": "AAAA", "y": "AAAA"}),
        json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}),
        json!({"kty": "oct", "k": "dG9tYXRv"}),
        json!({"kty": 7}),
        json!("x"),
        Value::Null,
    ];
    let found = keys(&[broken.as_slice(), &[rsa().0]].concat());
    assert!(open(&found, &rsa().1).is_ok());
    for nothing in [json!({ "keys": broken }), json!({"keys": []}), json!({}), json!([])] {
        assert!(Keys::parse(nothing.to_string().as_bytes()).is_err());
    }
    // A small key is no key.
    let small = keys(&[json!({"kty": "RSA", "n": "wYDx4Q", "e": "AQAB"})]);
    assert_eq!(open(&small, &rsa().1), Err(TokenError::Signature));
}
