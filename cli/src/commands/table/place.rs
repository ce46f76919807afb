//! Where a sealed table lies, and its manifest, believed because its owner signed it.

use std::path::{Path, PathBuf};

use connectors::{KeyFolder, Store, newest_manifest, read_manifest};
use policy::ident::{PartyId, TableName, TableRef};
use seal::Manifest;
use url::Url;

use super::PlaceArgs;
use crate::failure::{self, Failure, Failures};
use crate::world::{Collaboration, Layout, open_store, table_version};

/// A sealed table that was found, and whose manifest is its owner's.
pub(super) struct Place {
    pub(super) store: Store,
    pub(super) manifest: Manifest,
    keys: Option<KeyFolder>,
}

impl Place {
    /// Finds what the arguments name.
    pub(super) async fn find(args: &PlaceArgs) -> Result<Self, Failures> {
        match Address::parse(&args.table)? {
            Some(address) => Self::stored(args, &address).await,
            None => Self::of_world(&args.world, &args.table).await,
        }
    }

    /// The owner's keys, if they were given.
    pub(super) fn keys(&self) -> Result<&KeyFolder, Failure> {
        self.keys.as_ref().ok_or_else(|| {
            Failure::usage("opening a table takes its owner's keys")
                .with_help("name their folder with --home")
        })
    }

    async fn of_world(world: &Path, table: &str) -> Result<Self, Failures> {
        let name = table_ref(table).ok_or_else(|| {
            Failure::usage(format!("`{table}` is no PARTY.TABLE, and no URL or folder"))
        })?;
        let collaboration = Collaboration::read(world).map_err(failure::all)?;
        if !collaboration.tables.contains_key(&name) {
            let known = collaboration.tables.keys().map(ToString::to_string);
            let known = known.collect::<Vec<_>>().join(", ");
            let failure = Failure::usage(format!("this world has no table {name}"));
            return Err(failure.with_help(format!("it has {known}")).into());
        }
        let layout = Layout::of(world);
        let (version, digest) = table_version(&layout, &name)?.ok_or_else(|| {
            let failure = Failure::usage(format!("{name} is not sealed yet"));
            failure.with_help(format!("`subrosa table seal --world {}`", world.display()))
        })?;
        let keys = KeyFolder::new(layout.party_keys(&name.party));
        let owner = keys.existing_identity().map_err(failure::of_connector)?;
        let store = open_store(&collaboration, &layout)?;
        let (_, manifest) = read_manifest(&store, &owner.public(), &name, version, &digest)
            .await
            .map_err(failure::of_connector)?;
        Ok(Self {
            store,
            manifest,
            keys: Some(keys),
        })
    }

    async fn stored(args: &PlaceArgs, address: &Address) -> Result<Self, Failures> {
        let keys = args.home.as_ref().map(KeyFolder::new);
        let owner = match (&keys, &args.owner) {
            (Some(keys), _) => {
                let identity = keys.existing_identity().map_err(failure::of_connector)?;
                identity.public()
            }
            (None, Some(hex)) => public_key(hex)?,
            (None, None) => {
                let failure = Failure::usage("who owns this table?");
                let help = "name the folder of the owner's keys with --home, or its public identity key with --owner";
                return Err(failure.with_help(help).into());
            }
        };
        let store = Store::at(&address.store, std::env::vars()).map_err(failure::of_connector)?;
        let (_, manifest) = newest_manifest(&store, &owner, &address.table, address.version)
            .await
            .map_err(failure::of_connector)?;
        Ok(Self {
            store,
            manifest,
            keys,
        })
    }
}

/// `PARTY.TABLE`.
pub(super) fn table_ref(text: &str) -> Option<TableRef> {
    let (party, table) = text.split_once('.')?;
    Some(TableRef {
        party: PartyId::new(party).ok()?,
        table: TableName::new(table).ok()?,
    })
}

fn public_key(hex: &str) -> Result<[u8; 32], Failure> {
    let mut key = [0_u8; 32];
    hex::decode_to_slice(hex.trim(), &mut key).map_err(|_| {
        Failure::usage("--owner is no public key: 32 bytes in hexadecimal")
            .with_help("`subrosa party show` prints it as `identity`")
    })?;
    Ok(key)
}

/// The parts of `STORE/PARTY/TABLE[/vN]`.
#[derive(Debug, PartialEq, Eq)]
struct Address {
    store: String,
    table: TableRef,
    version: Option<u64>,
}

impl Address {
    /// An address, if the text is one: it has a slash, which no table's name has.
    fn parse(text: &str) -> Result<Option<Self>, Failure> {
        if !text.contains('/') {
            return Ok(None);
        }
        let url = as_url(text)?;
        let wrong = || {
            Failure::usage(format!(
                "`{text}` does not end in PARTY/TABLE or PARTY/TABLE/vN"
            ))
        };
        let path = url.path().trim_end_matches('/');
        let (rest, last) = path.rsplit_once('/').ok_or_else(wrong)?;
        let number = last.strip_prefix('v').and_then(|n| n.parse().ok());
        let (rest, table) = match number {
            Some(_) => rest.rsplit_once('/').ok_or_else(wrong)?,
            None => (rest, last),
        };
        let (root, party) = rest.rsplit_once('/').ok_or_else(wrong)?;
        let table = table_ref(&format!("{party}.{table}")).ok_or_else(wrong)?;
        let mut store = url.clone();
        store.set_path(root);
        Ok(Some(Self {
            store: store.to_string(),
            table,
            version: number,
        }))
    }
}

fn as_url(text: &str) -> Result<Url, Failure> {
    if text.contains("://") {
        return Url::parse(text).map_err(|error| Failure::usage(format!("`{text}`: {error}")));
    }
    let path = PathBuf::from(text);
    let path = std::path::absolute(&path).map_err(|error| Failure::io(&path, &error))?;
    Url::from_file_path(&path).map_err(|()| Failure::usage(format!("`{text}` is no folder")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_end_in_a_table_or_its_version() {
        let parsed = |text: &str| Address::parse(text).ok().flatten();
        let address = |store: &str, version| {
            let table = table_ref("bank_a.payments")?;
            Some(Address {
                store: store.to_owned(),
                table,
                version,
            })
        };
        assert_eq!(
            parsed("s3://bucket/prefix/bank_a/payments/v3"),
            address("s3://bucket/prefix", Some(3))
        );
        assert_eq!(
            parsed("s3://bucket/bank_a/payments/"),
            address("s3://bucket", None)
        );
        assert_eq!(
            parsed("/srv/store/bank_a/payments/v1"),
            address("file:///srv/store", Some(1))
        );
        assert_eq!(parsed("bank_a.payments"), None);
        assert!(Address::parse("s3://bucket/payments").is_err());
    }
}
