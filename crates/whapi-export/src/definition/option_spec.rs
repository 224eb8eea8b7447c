//! An option, as it is declared.

/// One option of an exporter, as help and errors show it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OptionSpec {
    /// The key in `snake_case`, without the format's name.
    pub key: String,
    /// What a value looks like: `on|off`, `FILE`, `3.0|4.0`.
    pub value_name: String,
    /// What it does, as a fragment.
    pub help: String,
    /// The value when none is given, as text. `None` when leaving it out means something that no
    /// value does.
    pub default: Option<String>,
    /// The value is a secret: it is never shown.
    pub secret: bool,
}

impl OptionSpec {
    /// An option without a default.
    pub fn new(
        key: impl Into<String>,
        value_name: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            key: key.into(),
            value_name: value_name.into(),
            help: help.into(),
            default: None,
            secret: false,
        }
    }

    /// The values that [`value_name`](Self::value_name) lists by name, without placeholders.
    ///
    /// ```
    /// use whapi_export::OptionSpec;
    ///
    /// let choices = |value_name| OptionSpec::new("key", value_name, "help").choices().join(" ");
    /// assert_eq!(choices("on|off"), "on off");
    /// assert_eq!(choices("COUNT|standing"), "standing");
    /// assert_eq!(choices("FILE"), "");
    /// ```
    pub fn choices(&self) -> Vec<&str> {
        if !self.value_name.contains('|') {
            return Vec::new();
        }
        let is_value = |text: &&str| {
            !text.is_empty() && !text.contains(|c: char| c.is_uppercase() || " <>[]…".contains(c))
        };
        self.value_name.split('|').filter(is_value).collect()
    }

    /// Sets [`default`](Self::default).
    pub fn default_value(mut self, value: impl Into<String>) -> Self {
        self.default = Some(value.into());
        self
    }

    /// The values of a closed set, such as `on|off`. `None` when a value can be another one.
    ///
    /// ```
    /// use whapi_export::OptionSpec;
    ///
    /// let spec = |value_name: &str| OptionSpec::new("key", value_name, "what it does");
    /// assert_eq!(spec("3.0|4.0").closed_set(), Some(vec!["3.0", "4.0"]));
    /// assert_eq!(spec("COUNT|standing").closed_set(), None);
    /// assert_eq!(spec("FILE").closed_set(), None);
    /// ```
    pub fn closed_set(&self) -> Option<Vec<&str>> {
        let values = self.choices();
        let all = self.value_name.split('|').count();
        (!values.is_empty() && values.len() == all).then_some(values)
    }

    /// Marks the value as a secret.
    pub fn secret(mut self) -> Self {
        self.secret = true;
        self
    }
}
