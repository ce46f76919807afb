//! The vocabulary of the generated world: its banks, countries, currencies and habits.

/// Home countries of banks a to p.
pub(super) const HOME: [&str; 16] = [
    "NL", "NL", "DE", "BE", "FR", "LU", "AT", "ES", "IT", "PL", "SE", "DK", "FI", "IE", "PT", "CZ",
];

/// Countries of accounts elsewhere; the last four are user-assigned codes, that is fictional, and high-risk.
pub(super) const ABROAD: [&str; 18] = [
    "US", "GB", "FR", "ES", "IT", "PL", "TR", "AE", "SG", "HK", "CN", "IN", "BR", "ZA", "XA", "XB",
    "XC", "XD",
];

/// Where the high-risk countries start in [`ABROAD`].
pub(super) const HIGH_RISK_FROM: u64 = 14;

/// Kinds of customers.
pub(super) const SEGMENTS: [&str; 6] = ["RETAIL", "STUDENT", "SME", "CORP", "MSB", "CASHINT"];

/// Their shares, cumulated, of 1000.
pub(super) const SEGMENT_SHARES: [u64; 6] = [700, 780, 920, 970, 980, 1000];

/// Declared income of a segment, in multiples of a typical transfer.
pub(super) const INCOME: [u64; 6] = [8, 3, 40, 400, 900, 60];

/// Currencies.
pub(super) const CURRENCIES: [&str; 8] = ["USD", "EUR", "GBP", "CHF", "JPY", "CAD", "CNY", "AUD"];

/// Their shares, cumulated, of 1000.
pub(super) const CURRENCY_SHARES: [u64; 8] = [620, 860, 920, 950, 970, 985, 993, 1000];

/// Their rates: millionths of a dollar for one unit.
pub(super) const RATES: [u64; 8] = [
    1_000_000, 1_080_000, 1_270_000, 1_130_000, 6_700, 730_000, 140_000, 660_000,
];

/// Spending of an account relative to the typical one, in sixteenths.
pub(super) const MULTIPLIERS: [u64; 8] = [6, 8, 10, 13, 16, 20, 26, 34];

/// Shares of know-your-customer risk classes 1 to 5, cumulated, of 1000.
pub(super) const KYC_SHARES: [u64; 5] = [620, 860, 950, 990, 1000];

/// Reasons on a bank's list of flagged customers that come without a planted scheme.
pub(super) const REASONS: [&str; 3] = ["SAR_FILED", "ADVERSE_MEDIA", "FRAUD_SUSPECT"];

/// Payments by weekday from Monday.
pub(super) const WEEKDAYS: [u64; 7] = [160, 158, 156, 160, 182, 104, 80];

/// Payments by hour of the day.
pub(super) const HOURS: [u64; 24] = [
    14, 9, 6, 5, 6, 10, 22, 40, 60, 72, 78, 82, 84, 80, 74, 72, 72, 74, 70, 60, 46, 34, 26, 18,
];

/// Days covered, from 1 January 2025.
pub(super) const DAYS: u64 = 90;

/// 2025-01-01T00:00:00Z in seconds since 1970.
pub(super) const EPOCH_SECONDS: i64 = 1_735_689_600;

/// 2025-01-01 in days since 1970.
pub(super) const EPOCH_DAYS: i32 = 20_089;

/// Seconds of a day.
pub(super) const DAY: u64 = 86_400;

/// The entry of a small table; its default beyond the end, which no draw reaches.
pub(super) fn at<T: Copy + Default>(table: &[T], index: u64) -> T {
    usize::try_from(index)
        .ok()
        .and_then(|index| table.get(index))
        .copied()
        .unwrap_or_default()
}

/// Which share, of cumulated ones, a draw falls into.
pub(super) fn share(cumulated: &[u64], draw: u64) -> u64 {
    cumulated
        .iter()
        .take_while(|bound| **bound <= draw)
        .map(|_| 1)
        .sum()
}

/// The name of a bank's folder.
pub(super) fn bank_name(bank: u8) -> String {
    format!("bank_{}", char::from(b'a' + bank))
}
