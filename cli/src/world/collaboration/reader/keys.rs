//! Values of a TOML table by key, each of the type that it must have.

use policy::problem::nearest;
use toml::de::DeTable;

use super::{Reader, Value};

impl Reader<'_> {
    pub(super) fn only(&mut self, table: &DeTable<'_>, known: &[&str], what: &str) {
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let help = nearest(name, known.iter().copied()).map_or_else(
                    || format!("{what} has {}", known.join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                self.error(key.span(), format!("unknown key `{name}` in {what}"))
                    .help = Some(help);
            }
        }
    }

    pub(super) fn as_table<'v>(
        &mut self,
        value: &'v Value<'_>,
        what: &str,
    ) -> Option<&'v DeTable<'v>>
    where
        'v: 'v,
    {
        let found = value.get_ref().as_table();
        if found.is_none() {
            self.error(
                value.span(),
                format!("{what} is a table, written as [section] or {{ key = value }}"),
            );
        }
        found
    }

    pub(super) fn table_of<'v>(
        &mut self,
        table: &'v DeTable<'v>,
        key: &str,
    ) -> Option<&'v DeTable<'v>> {
        let value = table.get(key)?;
        self.as_table(value, key)
    }

    pub(super) fn as_text(&mut self, value: &Value<'_>, what: &str) -> Option<String> {
        let found = value.get_ref().as_str().map(str::to_owned);
        if found.is_none() {
            self.error(value.span(), format!("`{what}` must be a text in quotes"));
        }
        found
    }

    pub(super) fn text_of(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        let value = table.get(key)?;
        self.as_text(value, key)
    }

    pub(super) fn texts_of(&mut self, table: &DeTable<'_>, key: &str) -> Vec<String> {
        let Some(value) = table.get(key) else {
            return Vec::new();
        };
        let Some(list) = value.get_ref().as_array() else {
            self.error(
                value.span(),
                format!("`{key}` must be a list of texts in quotes"),
            );
            return Vec::new();
        };
        list.iter()
            .filter_map(|item| self.as_text(item, key))
            .collect()
    }
}
