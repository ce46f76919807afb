//! Three banks whose customers pay each other: both sides of a payment are rows, under the same reference.

use std::fmt::Write as _;

use super::world::World;

/// A payment under a reference; accounts are named by their bank: `A1`, `B7`.
#[derive(Clone)]
pub(super) struct Payment {
    pub(super) uetr: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) amount: u32,
}

/// What differs between worlds.
#[derive(Clone)]
pub(super) struct Banks {
    pub(super) payments: Vec<Payment>,
    /// Rows of bank A that nobody else has: reference, own account, counterparty.
    pub(super) made_up: Vec<[&'static str; 3]>,
    /// Accounts that belong to the person of another account.
    pub(super) same_person: Vec<(&'static str, &'static str)>,
    /// By bank, the name and the terms under which it approves each text, and the text.
    pub(super) approvals: Vec<(&'static str, String, String, String)>,
    /// In the place of something in every policy, something else.
    pub(super) policy: Vec<(&'static str, &'static str, &'static str)>,
    /// Added to the contract.
    pub(super) contract: &'static str,
}

pub(super) const BANKS: [&str; 3] = ["bank_a", "bank_b", "bank_c"];

/// Accounts of bank A that at least three accounts of the others pay, and how much.
pub(super) const MULES: &str = "SELECT a.account_id, \
     CASE WHEN count(DISTINCT b.account_id) >= 6 THEN '6 and more' ELSE 'up to 5' END AS payers, \
     sum(b.amount) >= 5000 AS large \
     FROM bank_a.payments a JOIN (SELECT uetr, account_id, amount FROM bank_b.payments WHERE direction = 'out' \
     UNION ALL SELECT uetr, account_id, amount FROM bank_c.payments WHERE direction = 'out') b ON b.uetr = a.uetr \
     GROUP BY a.account_id";

/// The terms that every bank agrees to.
pub(super) const TERMS: &str = "exact = true\nhistory = \"off\"\nanswer = { own = \"payments\", others = 3 }\nrows = 10\n\
     confirm = { uetr = \"uetr\", account_id = \"counterparty_account\" }\n";

const POLICY: &str = r#"policy = 1
table = "payments"
[disclosure]
min_contributors = 10
jitter = false
history = "off"
noise = "off"
[joins.acct]
with = ["bank_a", "bank_b", "bank_c"]
[joins.uetr]
with = ["bank_a", "bank_b", "bank_c"]
[columns]
uetr = { join = "uetr" }
account_id = { unit = "acct", join = "acct", own = true }
customer_id = { unit = "person", own = true }
counterparty_account = { unit = "acct", join = "acct" }
direction = { filter = true, dimension = true }
amount = { measure = [0, 300000], filter = 1000 }
note = { hidden = true }
"#;

impl Banks {
    /// A1 is paid by six, A2 by three, A3 by two, A4 by four accounts of one person.
    pub(super) fn new() -> Self {
        let paid = [
            ("A1", &["B1", "B2", "B3", "C1", "C2", "C3"][..], 2000),
            ("A2", &["B4", "B5", "C4"], 100),
            ("A3", &["B6", "C5"], 9000),
            ("A4", &["B7", "B8", "B9", "B10"], 3000),
            ("B1", &["A1", "C1", "C2"], 400),
        ];
        let mut banks = Self {
            payments: Vec::new(),
            made_up: Vec::new(),
            same_person: vec![("B8", "B7"), ("B9", "B7"), ("B10", "B7")],
            approvals: Vec::new(),
            policy: Vec::new(),
            contract: "",
        };
        for (to, payers, amount) in paid {
            for from in payers {
                banks.pay(from, to, amount);
            }
        }
        banks
    }

    pub(super) fn pay(&mut self, from: &str, to: &str, amount: u32) {
        self.payments.push(Payment {
            uetr: format!("u-{from}-{to}"),
            from: from.to_owned(),
            to: to.to_owned(),
            amount,
        });
    }

    /// All banks approve a text on these terms.
    pub(super) fn approve(mut self, name: &str, text: &str, terms: &str) -> Self {
        for bank in BANKS {
            let approval = (bank, name.to_owned(), text.to_owned(), terms.to_owned());
            self.approvals.push(approval);
        }
        self
    }

    /// The usual world: all approve [`MULES`].
    pub(super) fn with_mules() -> Self {
        Self::new().approve("mules", MULES, TERMS)
    }

    /// Writes the world; alice of bank A asks.
    pub(super) fn world(&self) -> World {
        let dir = tempfile::tempdir().unwrap();
        for bank in BANKS {
            std::fs::create_dir(dir.path().join(bank)).unwrap();
        }
        let world = World::new(dir, "alice@bank_a");
        self.write(&world);
        world
    }

    /// The same with another file in it.
    pub(super) fn world_with(&self, name: &str, text: &str) -> World {
        let world = self.world();
        std::fs::write(world.path().join(name), text).unwrap();
        world
    }

    /// Writes the world over another one.
    pub(super) fn write(&self, world: &World) {
        let mut collaboration = format!(
            "name = \"own\"\n[engine]\npurposes = [\"aml\"]\n[views]\n{}\n[parties.regulator]\nanalysts = [\"rita\"]\n",
            self.contract
        );
        for (bank, analyst) in BANKS.into_iter().zip(["alice", "bob", "carol"]) {
            let folder = world.path().join(bank);
            std::fs::write(folder.join("payments.csv"), self.rows(bank)).unwrap();
            let mut policy = POLICY.to_owned();
            for (_, from, to) in self.policy.iter().filter(|(of, ..)| *of == bank) {
                assert!(policy.contains(from), "{from}");
                policy = policy.replace(from, to);
            }
            for (_, name, text, terms) in self.approvals.iter().filter(|(of, ..)| *of == bank) {
                std::fs::write(folder.join(format!("{name}.sql")), text).unwrap();
                write!(
                    policy,
                    "\n[[approve]]\nname = \"{name}\"\nsql = \"{name}.sql\"\n{terms}"
                )
                .unwrap();
            }
            std::fs::write(folder.join("payments.policy.toml"), policy).unwrap();
            write!(
                collaboration,
                "[parties.{bank}]\nanalysts = [\"{analyst}\"]\n[parties.{bank}.tables.payments]\n\
                 data = \"{bank}/payments.csv\"\npolicy = \"{bank}/payments.policy.toml\"\n\
                 types = {{ amount = \"decimal(18,2)\" }}\n"
            )
            .unwrap();
        }
        std::fs::write(world.path().join("collaboration.toml"), collaboration).unwrap();
    }

    /// The rows of a bank: one for each of its accounts in a payment.
    fn rows(&self, bank: &str) -> String {
        let letter = bank.trim_start_matches("bank_").to_uppercase();
        let mut rows =
            "uetr,account_id,customer_id,counterparty_account,direction,amount,note\n".to_owned();
        let mut row = |uetr: &str, own: &str, other: &str, direction: &str, amount: u32| {
            let person = self.same_person.iter().find(|(account, _)| *account == own);
            let person = person.map_or(own, |(_, person)| person);
            writeln!(
                rows,
                "{uetr},{own},p-{person},{other},{direction},{amount}.00,x"
            )
            .unwrap();
        };
        for payment in &self.payments {
            let Payment {
                uetr,
                from,
                to,
                amount,
            } = payment;
            if from.starts_with(&letter) {
                row(uetr, from, to, "out", *amount);
            }
            if to.starts_with(&letter) {
                row(uetr, to, from, "in", *amount);
            }
        }
        if bank == "bank_a" {
            for [uetr, own, other] in &self.made_up {
                row(uetr, own, other, "in", 9000);
            }
        }
        rows
    }
}
