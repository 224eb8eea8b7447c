//! The token service.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::refused::Refused;

/// Answers a sign-in with a refresh token or with a service account's claims.
pub(super) fn token(body: &[u8]) -> Result<Value, Refused> {
    let form: BTreeMap<String, String> = url::form_urlencoded::parse(body).into_owned().collect();
    let refused = |why: &str| (400, why.to_owned());
    match form.get("grant_type").map(String::as_str) {
        Some("refresh_token") => {
            let expected = [
                ("client_id", "ci"),
                ("client_secret", "cs"),
                ("refresh_token", "rt"),
            ];
            if expected
                .iter()
                .any(|(key, value)| form.get(*key).map(String::as_str) != Some(*value))
            {
                return Err(refused("invalid_grant"));
            }
            Ok(json!({"access_token": "user-token", "expires_in": 3600, "token_type": "Bearer"}))
        }
        Some("urn:ietf:params:oauth:grant-type:jwt-bearer") => {
            let claims = form.get("assertion").and_then(|jwt| jwt.split('.').nth(1));
            let claims = claims
                .and_then(base64url)
                .ok_or_else(|| refused("invalid_grant"))?;
            let claims: Value = serde_json::from_slice(&claims).unwrap_or_default();
            if claims["scope"] != "https://www.googleapis.com/auth/spreadsheets" {
                return Err(refused("invalid_scope"));
            }
            let audience = claims["aud"].as_str().unwrap_or_default();
            let (issued, expires) = (claims["iat"].as_u64(), claims["exp"].as_u64());
            if claims["iss"] != "robot@example.iam.gserviceaccount.com"
                || !audience.ends_with("/token")
                || expires != issued.map(|issued| issued + 3600)
            {
                return Err(refused("invalid_grant"));
            }
            Ok(json!({"access_token": "service-token", "expires_in": 3600, "token_type": "Bearer"}))
        }
        _ => Err(refused("unsupported_grant_type")),
    }
}

fn base64url(text: &str) -> Option<Vec<u8>> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.trim_end_matches('=').bytes() {
        let at = alphabet.iter().position(|known| *known == letter)?;
        bits = bits << 6 | u32::try_from(at).ok()?;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    Some(bytes)
}
