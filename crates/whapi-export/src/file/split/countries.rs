//! The country of a phone number, by a function that the caller brings.

use std::fmt;
use std::sync::Arc;

use whapi_model::Phone;

type CountryOf = dyn Fn(Phone<'_>) -> Option<&'static str> + Send + Sync;

/// Returns the country of a phone number, if the caller brought a function for it.
#[derive(Clone, Default)]
pub(crate) struct Countries(Option<Arc<CountryOf>>);

impl Countries {
    /// Countries by this function.
    pub(crate) fn by(
        country_of: impl Fn(Phone<'_>) -> Option<&'static str> + Send + Sync + 'static,
    ) -> Self {
        Self(Some(Arc::new(country_of)))
    }

    /// Whether there is a function.
    pub(crate) fn are_known(&self) -> bool {
        self.0.is_some()
    }

    /// The country of a number. `None` for a number of no country, and without a function.
    pub(crate) fn of(&self, phone: Phone<'_>) -> Option<&'static str> {
        self.0.as_ref()?(phone)
    }
}

impl fmt::Debug for Countries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Countries").field(&self.0.is_some()).finish()
    }
}
