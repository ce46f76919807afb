//! How many rows meet in a join.

use datafusion_expr::{Expr, Join, JoinType};

use super::columns::{Figures, Flow, bare};
use super::estimate::share;

/// Pairs that the keys alone bring together, and the rows that come out.
pub(super) fn meet(node: &Join, left: &Flow, right: &Flow) -> (f64, Flow) {
    let pairs = pairs(node, left, right);
    let kept = node.filter.as_ref().map_or(1.0, share);
    let matched = pairs * kept;
    let rows = match node.join_type {
        JoinType::Inner => matched,
        JoinType::Left => matched.max(left.rows),
        JoinType::Right => matched.max(right.rows),
        JoinType::Full => matched.max(left.rows + right.rows),
        JoinType::LeftSemi | JoinType::LeftAnti | JoinType::LeftMark => left.rows,
        JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark => right.rows,
    };
    let columns = match node.join_type {
        JoinType::Inner | JoinType::Left | JoinType::Right | JoinType::Full => {
            let mut both = spread(left, rows);
            both.extend(spread(right, rows));
            multiply_keys(node, left, right, &mut both);
            both
        }
        JoinType::LeftSemi | JoinType::LeftAnti => left.columns.clone(),
        JoinType::RightSemi | JoinType::RightAnti => right.columns.clone(),
        JoinType::LeftMark => marked(left),
        JoinType::RightMark => marked(right),
    };
    (pairs, Flow { rows, columns })
}

fn marked(flow: &Flow) -> Vec<Figures> {
    let mut columns = flow.columns.clone();
    columns.push(Figures::default());
    columns
}

/// Each value of a side now stands in as many times more rows as the side was multiplied.
fn spread(side: &Flow, rows: f64) -> Vec<Figures> {
    let factor = (rows / side.rows.max(1.0)).max(1.0);
    let spread = |column: &Figures| Figures {
        most: column.most.map(|most| (most * factor).min(rows.max(1.0))),
        ..*column
    };
    side.columns.iter().map(spread).collect()
}

/// The rows of a common value multiply: a chain of joins on one key grows with every link.
fn multiply_keys(node: &Join, left: &Flow, right: &Flow, both: &mut [Figures]) {
    for (a, b) in &node.on {
        let (many, more) = (
            left.figures(node.left.schema(), a).most,
            right.figures(node.right.schema(), b).most,
        );
        let product = many.zip(more).map(|(many, more)| many * more);
        let width = left.columns.len();
        let at = [
            bare(a).and_then(|column| node.left.schema().maybe_index_of_column(column)),
            bare(b)
                .and_then(|column| node.right.schema().maybe_index_of_column(column))
                .map(|index| index.saturating_add(width)),
        ];
        for index in at.into_iter().flatten() {
            if let (Some(product), Some(column)) = (product, both.get_mut(index)) {
                column.most = Some(product);
            }
        }
    }
}

fn pairs(node: &Join, left: &Flow, right: &Flow) -> f64 {
    let (schema_left, schema_right) = (node.left.schema(), node.right.schema());
    let each = node.on.iter().map(|(a, b)| {
        key_pairs(
            (left.rows, left.figures(schema_left, a)),
            (right.rows, right.figures(schema_right, b)),
            is_constant(a) || is_constant(b),
        )
    });
    each.fold(left.rows * right.rows, f64::min)
}

fn is_constant(expr: &Expr) -> bool {
    matches!(expr, Expr::Literal(..))
}

/// Pairs that one equality of keys brings together.
fn key_pairs((l, left): (f64, Figures), (r, right): (f64, Figures), constant: bool) -> f64 {
    if constant {
        return l * r;
    }
    match (left.most, right.most) {
        (Some(many), Some(more)) => {
            let from_left = l * fan_out(r, more, right.uncommon);
            let from_right = r * fan_out(l, many, left.uncommon);
            // Where the common values of both are one value, its rows alone are so many.
            let common = if left.uncommon || right.uncommon {
                0.0
            } else {
                many * more
            };
            from_left.min(from_right).max(common)
        }
        // The other side's values are unknown: at worst all of them are the common ones.
        (Some(many), None) => r * fan_out(l, many, left.uncommon),
        (None, Some(more)) => l * fan_out(r, more, right.uncommon),
        (None, None) => l.max(r),
    }
}

/// How many rows of a side a row of the other meets, where `most` of `rows` share a value.
///
/// A key that is unique meets one. Between, values are unevenly common, and rows meet common values
/// more often: most^(2/3) fits graphs of payments; but no less than what the most common value
/// alone brings about.
fn fan_out(rows: f64, most: f64, uncommon: bool) -> f64 {
    let typical = most.powf(2.0 / 3.0);
    if uncommon {
        return typical.max(1.0);
    }
    typical.max(most * most / rows.max(1.0)).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(most: f64, uncommon: bool) -> Figures {
        Figures {
            most: Some(most),
            uncommon,
        }
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-6 * b
    }

    #[test]
    fn a_row_meets_one_of_a_unique_key_and_more_of_common_values() {
        assert!(near(fan_out(1000.0, 1.0, false), 1.0));
        assert!(near(fan_out(1_000_000.0, 1000.0, false), 100.0));
        // Half of the rows share a value.
        assert!(near(fan_out(2000.0, 1000.0, false), 500.0));
        assert!(near(fan_out(2000.0, 1000.0, true), 100.0));
        assert!(near(fan_out(2000.0, 0.0, true), 1.0));
    }

    #[test]
    fn pairs_follow_the_figures_of_both_keys() {
        let none = Figures::default();
        let pairs = |l, r| key_pairs(l, r, false);
        let (rows, more) = (10_000.0, 20_000.0);
        assert!(near(
            key_pairs((rows, none), (more, none), true),
            rows * more
        ));
        assert!(near(pairs((rows, none), (more, none)), more));
        assert!(near(
            pairs((rows, known(1000.0, true)), (more, none)),
            more * 100.0
        ));
        assert!(near(
            pairs((rows, none), (more, known(1000.0, true))),
            rows * 100.0
        ));
        let common = (known(1000.0, false), known(8000.0, false));
        assert!(near(pairs((rows, common.0), (more, common.1)), 8_000_000.0));
        let uncommon = known(1000.0, true);
        assert!(near(
            pairs((rows, uncommon), (more, common.1)),
            more * 100.0
        ));
        assert!(near(
            pairs((rows, common.1), (more, uncommon)),
            rows * 100.0
        ));
    }
}
