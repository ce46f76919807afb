//! What is promised of a release and how it is spent, in words: a function of question and policies.

use policy::number::Decimal;

use super::base::Base;
use super::rows::PrivateRelease;
use super::terms::{DpGroups, MICRO};

impl PrivateRelease {
    /// How the numbers of the answer are bounded and noised, a line each.
    #[must_use]
    pub fn in_words(&self) -> Vec<String> {
        let terms = &self.terms;
        let groups = match terms.groups {
            DpGroups::Whole => "there is one group, which is always told".to_owned(),
            DpGroups::Listed => format!(
                "the groups are those of a public list; one entity counts in at most {} of them",
                terms.max_groups
            ),
            DpGroups::Threshold => format!(
                "a group is told if a noised number of entities is {} or more; one entity counts in at most {} groups",
                self.limit(),
                terms.max_groups
            ),
        };
        let epsilon = epsilon(terms.epsilon);
        let spent = match self.shares() {
            1 => format!("epsilon {epsilon} is spent on one number a group"),
            shares => format!("epsilon {epsilon} is shared evenly by {shares} numbers a group"),
        };
        let between = self.terms.sides.map(|_| {
            "one entity of either side may meet any number of the other: told is the most that can be kept with everybody within bounds".to_owned()
        });
        let bases = self.bases.list.iter().map(|base| self.base(*base));
        [groups, spent]
            .into_iter()
            .chain(between)
            .chain(bases)
            .collect()
    }

    /// The noised number of entities from which on a group is told.
    fn limit(&self) -> String {
        match self.limit_of_groups() {
            Ok(limit) => limit.to_string(),
            Err(_) => "more than anybody has".to_owned(),
        }
    }

    fn base(&self, base: Base) -> String {
        let scale = |measure: usize, power: u8| {
            let plan = self.plan.measures.get(measure);
            let scale = plan
                .and_then(|plan| u8::try_from(plan.scale).ok())
                .unwrap_or(0);
            scale.saturating_mul(power)
        };
        let (what, digits) = match base {
            Base::Rows { .. } => ("a count of rows", 0),
            Base::Present { .. } => ("a count of values", 0),
            Base::Distinct { .. } => ("a count of distinct values", 0),
            Base::Sum { measure, .. } => ("a sum", scale(measure, 1)),
            Base::Values { .. } => ("the number of values of a mean", 0),
            Base::Total { measure, .. } => ("the sum of a mean", scale(measure, 1)),
            Base::Squares { measure, .. } => ("a sum of squares", scale(measure, 2)),
        };
        let most = i128::try_from(base.sensitivity()).unwrap_or(i128::MAX);
        let most = Decimal::new(most, digits);
        let scale = self.scale(base.sensitivity()).ok();
        let scale = scale.and_then(|scale| scale.above().div_ceil(scale.below()).try_into().ok());
        let scale = Decimal::new(scale.unwrap_or(i128::MAX), digits);
        format!("{what}: one entity adds at most {most}, Laplace noise of scale {scale}")
    }
}

/// Millionths of epsilon as a number.
#[must_use]
pub fn epsilon(micro: u64) -> Decimal {
    debug_assert_eq!(MICRO, 1_000_000, "six digits");
    Decimal::new(micro.into(), 6)
}
