//! Text in markup.

use std::fmt::{self, Write};

/// Text with all characters replaced that mean something in HTML, in text and in attributes.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                _ => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_text() {
        let hostile = r#"</bdi><script src='//x'>alert("1")</script>&amp;"#;
        assert_eq!(
            Escaped(hostile).to_string(),
            "&lt;/bdi&gt;&lt;script src=&#39;//x&#39;&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;amp;"
        );
    }
}
