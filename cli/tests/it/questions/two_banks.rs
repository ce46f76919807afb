//! Two banks with common customers, mules, structuring, bursts and round trips.

use std::fmt::Write as _;
use std::path::Path;

use super::texts::data;
use super::world::World;

const COUNTRIES: [&str; 4] = ["LU", "DE", "FR", "BE"];
const CUSTOMERS: u32 = 200;

/// The world with this k in every policy, asked by a regulator.
pub(crate) fn world(k: usize) -> World {
    let dir = tempfile::tempdir().unwrap();
    let put = |to: &str, text: String| {
        let path = dir.path().join(to);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("collaboration.toml", read("collaboration.toml"));
    for (bank, other) in [("bank_a", "bank_b"), ("bank_b", "bank_a")] {
        for table in ["accounts", "transactions"] {
            let policy = read(&format!("{table}.policy.toml"));
            let policy = policy
                .replace("{k}", &k.to_string())
                .replace("{other}", other);
            put(&format!("{bank}/{table}.policy.toml"), policy);
        }
        put(&format!("{bank}/accounts.csv"), accounts(bank));
        put(&format!("{bank}/transactions.csv"), transactions(bank));
    }
    put("atlas/limits.policy.toml", read("limits.policy.toml"));
    put(
        "atlas/limits.csv",
        "country,least\nLU,9999\nDE,9999\nFR,10001\nBE,10001\n".to_owned(),
    );
    World::new(dir, "rita@regulator")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(&data("banks")).join(name)).unwrap()
}

fn account(bank: &str, customer: u32) -> String {
    format!(
        "{}{customer:04}",
        bank.trim_start_matches("bank_").to_uppercase()
    )
}

/// The first sixty customers of both banks are the same people.
fn accounts(bank: &str) -> String {
    let mut text = "account_id,customer_id,name,iban_hash,risk,country\n".to_owned();
    for i in 0..CUSTOMERS {
        let iban = if i < 60 {
            format!("h{i}")
        } else {
            format!("h{bank}{i}")
        };
        let risk = ["low", "low", "medium", "high"][usize::try_from(mix(bank, i) % 4).unwrap()];
        let country = COUNTRIES[usize::try_from(mix(bank, i + 7) % 4).unwrap()];
        writeln!(
            text,
            "{},{bank}-{i},N{i},{iban},{risk},{country}",
            account(bank, i)
        )
        .unwrap();
    }
    text
}

/// A number that looks like chance and is the same every time.
fn mix(bank: &str, n: u32) -> u32 {
    let seed = u32::from(bank.as_bytes()[5]);
    let mut x = n
        .wrapping_mul(2_654_435_761)
        .wrapping_add(seed.wrapping_mul(97));
    x ^= x >> 15;
    x = x.wrapping_mul(2_246_822_519);
    x ^ (x >> 13)
}

struct Ledger {
    text: String,
    bank: &'static str,
    next: u32,
}

impl Ledger {
    fn pay(&mut self, from: u32, to: &str, amount: u32, hour: u32) {
        self.next += 1;
        let (day, hour) = (hour / 24, hour % 24);
        let country = COUNTRIES[usize::try_from(from % 4).unwrap()];
        let bank = self.bank;
        writeln!(
            self.text,
            "{},{},{bank}-{from},{to},{},{amount}.00,EUR,2025-{:02}-{:02} {hour:02}:00:00,{country}",
            self.next,
            account(bank, from),
            if to.starts_with('A') { "bank_a" } else { "bank_b" },
            day / 28 + 1,
            day % 28 + 1,
        )
        .unwrap();
    }
}

fn transactions(bank: &str) -> String {
    let (bank, other) = if bank == "bank_a" {
        ("bank_a", "bank_b")
    } else {
        ("bank_b", "bank_a")
    };
    let head = "tx_id,account_id,customer_id,counterparty_account,counterparty_bank,amount,currency,ts,country\n";
    let mut ledger = Ledger {
        text: head.to_owned(),
        bank,
        next: 0,
    };
    for n in 0..1200 {
        let r = mix(bank, n + 1000);
        let to = account(
            if r.is_multiple_of(3) { bank } else { other },
            r / 7 % CUSTOMERS,
        );
        ledger.pay(n % CUSTOMERS, &to, (r % 80 + 1) * 100, r / 11 % 4000);
    }
    if bank == "bank_a" {
        planted(&mut ledger);
    } else {
        // Few pay more than everybody else.
        for i in 0..4 {
            ledger.pay(i * 11, &account("bank_a", i), 9500 + i, 3000 + i);
        }
        // What came in by the layering schemes goes on within a day.
        for i in 0..80 {
            ledger.pay(
                i + 60,
                &account("bank_a", (i * 3) % CUSTOMERS),
                4800,
                200 + i * 24 + 20,
            );
        }
    }
    ledger.text
}

fn planted(ledger: &mut Ledger) {
    // Mules at the other bank: six payers, more than 50 000 within the quarter.
    for mule in 0..60 {
        for payer in 0..6 {
            ledger.pay(
                (mule * 7 + payer * 13) % CUSTOMERS,
                &account("bank_b", mule + 100),
                9500,
                100 + payer * 24 + mule,
            );
        }
    }
    for i in 0..80 {
        ledger.pay(
            (i * 3 + 1) % CUSTOMERS,
            &account("bank_b", i + 60),
            5000,
            200 + i * 24,
        );
    }
    // Structuring: three to five payments just below ten thousand, on as many days.
    for i in 0..60 {
        for n in 0..3 + i % 3 {
            ledger.pay(
                i + 20,
                &account("bank_b", (i * 5 + n) % CUSTOMERS),
                9100,
                300 + n * 48 + i,
            );
        }
    }
    // Bursts: six payments to one account within a day.
    for i in 0..50 {
        for n in 0..6 {
            ledger.pay(
                i + 100,
                &account("bank_b", i),
                300,
                (i % 3) * 28 * 24 + 50 + n,
            );
        }
    }
}
