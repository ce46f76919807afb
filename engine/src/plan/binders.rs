//! One binder a party: to set one up takes longer than to bind a question.

use std::collections::BTreeMap;
use std::sync::Arc;

use policy::ident::PartyId;
use tokio::sync::Mutex;

use super::{Binder, Catalog};
use crate::refusal::Refusal;

/// The binders of parties over one catalog, set up when they are first asked for.
#[derive(Debug, Default)]
pub(crate) struct Binders(Mutex<BTreeMap<PartyId, Arc<Binder>>>);

impl Binders {
    /// What questions of a party are bound in. It is kept for parties that are known: names that somebody makes up take no memory.
    ///
    /// # Errors
    /// When a contract view does not bind.
    pub(crate) async fn of(
        &self,
        party: &PartyId,
        catalog: &Catalog,
        known: &[PartyId],
    ) -> Result<Arc<Binder>, Refusal> {
        let mut binders = self.0.lock().await;
        if let Some(binder) = binders.get(party) {
            return Ok(Arc::clone(binder));
        }
        let binder = Arc::new(Binder::new(catalog, party).await?);
        if known.contains(party) {
            binders.insert(party.clone(), Arc::clone(&binder));
        }
        Ok(binder)
    }
}
