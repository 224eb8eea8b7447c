//! Whole lists of chats and groups, without contacts.

use whapi_model::{Chat, Group, Partial};

use super::chats::CHATS_PAGE;
use super::groups::{GROUPS_PAGE, groups};
use crate::client::Client;
use crate::error::Error;
use crate::lists::whole_list;
use crate::scan::ScanOptions;

impl Client {
    /// Returns all chats, by the scan that proves a list complete. Pages have 100 chats, whatever
    /// `options` say. Limits on memory and text are those of
    /// [`EnrichmentRequest::reasons`](crate::EnrichmentRequest::reasons).
    ///
    /// # Errors
    ///
    /// As for [`contacts`](Self::contacts), unless some chats were read before: then the list is
    /// incomplete. [`ErrorKind::RequestLimit`](crate::ErrorKind::RequestLimit) at any time.
    pub async fn all_chats(&self, options: ScanOptions) -> Result<Partial<Chat>, Error> {
        whole_list(self, options.with_page_size(CHATS_PAGE)?).await
    }

    /// Returns all groups as `GET /groups` lists them. The API may cut the participants: see
    /// [`Group::lists_everyone`]. Pages have 50 groups, whatever `options` say. Limits are those of
    /// [`all_chats`](Self::all_chats).
    ///
    /// # Errors
    ///
    /// As for [`all_chats`](Self::all_chats).
    ///
    /// # Examples
    ///
    /// ```
    /// use whapi_emulator::Emulator;
    /// use whapi_fetch::{Client, ScanOptions, Token};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let api = Emulator::builder().people(200).start().await?;
    /// let token = Token::new(api.token(), "the example")?;
    /// let client = Client::builder(token).base_url(api.base_url()).build()?;
    ///
    /// let groups = client.all_groups(ScanOptions::default()).await?;
    /// assert!(groups.is_complete());
    /// assert_eq!(groups.items[0].name.as_deref(), Some("Neighbours"));
    /// assert_eq!(api.journal().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn all_groups(&self, options: ScanOptions) -> Result<Partial<Group>, Error> {
        whole_list(self, options.with_page_size(GROUPS_PAGE)?).await
    }

    /// Returns all groups, of which those whose participants the list cuts are read one by one.
    ///
    /// Complete only if all participants are known. A list that fails is incomplete and no error.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::RequestLimit`](crate::ErrorKind::RequestLimit) only.
    ///
    /// # Examples
    ///
    /// ```
    /// use whapi_emulator::Emulator;
    /// use whapi_fetch::{Client, ScanOptions, Token};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let api = Emulator::builder().people(200).participants_cap(3).start().await?;
    /// let token = Token::new(api.token(), "the example")?;
    /// let client = Client::builder(token).base_url(api.base_url()).build()?;
    ///
    /// let groups = client.all_groups_with_participants(ScanOptions::default()).await?;
    /// assert!(groups.is_complete() && groups.items.iter().all(|group| group.lists_everyone()));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn all_groups_with_participants(
        &self,
        options: ScanOptions,
    ) -> Result<Partial<Group>, Error> {
        groups(self, options.with_page_size(GROUPS_PAGE)?).await
    }
}
