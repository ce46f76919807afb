//! What a release owes beyond support, and what it must be made of for that.

use datafusion_expr::Expr;
use policy::denial::Code;
use policy::obligation::Obligations;
use release::{Duties, OwnerCut, PartyRule, StatisticKind};

use crate::measure::Judged;
use crate::refusals::Explain;
use crate::relation::Rel;
use crate::walk::Walker;

/// The strictest wishes of the tables behind a release; those of an owner that asks for itself do not count.
pub(crate) fn owed(walker: &Walker<'_>, rel: &Rel, parties: &[PartyRule]) -> Duties {
    let exempt = |owner: &str| parties.iter().any(|rule| rule.exempt && rule.name == owner);
    let protected = rel
        .tables
        .iter()
        .filter_map(|table| walker.policies.tables.get(table))
        .filter(|policy| !policy.is_public() && !exempt(policy.table.party.as_str()));
    let strictest = protected
        .map(|policy| Obligations::from(&policy.disclosure))
        .reduce(|a, b| a.meet(&b))
        .unwrap_or_else(Obligations::none);
    Duties {
        jitter: strictest.jitter,
        history: strictest.history,
        noise: strictest.noise.then_some(strictest.variance),
        spaces: rel
            .slots
            .iter()
            .map(|slot| slot.space.to_string())
            .collect(),
        cuts: Vec::new(),
    }
}

/// Judges a statistic by what is owed; what its owner lets one entity add to it.
pub(crate) fn judged(
    walker: &mut Walker<'_>,
    duties: &Duties,
    judged: &Judged,
    kind: StatisticKind,
    call: &Expr,
) -> Option<OwnerCut> {
    if duties.history || duties.noise.is_some() {
        no_other_draw(walker, judged, call);
        if let StatisticKind::CountDistinctSupported { .. } = kind {
            let message =
                "count(DISTINCT …) of a dimension is not available where history or noise is owed";
            let help = "group by the dimension: the groups that appear are its values";
            walker.refusals.add(Code::Agg, message).at(call).help(help);
        }
    }
    cut(walker, judged)
}

/// Where earlier answers count, sums are refused that could be asked for again and again under fresh noise: of several measures, whose weights
/// could be varied; of numbers of which the question chose which row has which, of a list or by a bound; and of what is cut off behind some
/// digits, which is no multiple of what was told. The same is computed from what is told.
fn no_other_draw(walker: &mut Walker<'_>, judged: &Judged, call: &Expr) {
    if judged.name == "count" {
        return;
    }
    let traits = &judged.traits;
    let refused = [
        (
            traits.mixed,
            "several measures at once",
            "aggregate each measure by itself and compute with the results, as in SUM(a) + 2 * SUM(b)",
        ),
        (
            traits.chosen,
            "numbers that the question chose row by row",
            "group by what chooses them, and compute with the results",
        ),
        (
            traits.rounded,
            "what is divided by a number, or of a root or mean of a multiple,",
            "compute with the result, as in SUM(a) / 3",
        ),
    ];
    for (_, what, help) in refused.into_iter().filter(|(is_so, ..)| *is_so) {
        let message = format!(
            "{} of {what} is not available where history or noise is owed",
            judged.name
        );
        let refusal = walker.refusals.add(Code::MeasureExpr, message);
        refusal.of(traits.origin.as_ref()).at(call).help(help);
    }
}

/// What the owner of the summed column lets one entity add.
fn cut(walker: &Walker<'_>, judged: &Judged) -> Option<OwnerCut> {
    let amount = judged.traits.cut.filter(|_| judged.name != "count")?;
    let mut owners = judged.traits.owners.iter();
    let (owner, others) = (owners.next()?, owners.next());
    let party = walker.policies.number(owner)?;
    others.is_none().then_some(OwnerCut { party, amount })
}
