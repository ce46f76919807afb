//! `policy draft --for`: the least that lets a question in.
//!
//! Everything that the question could need is granted; then whatever it is admitted without is taken
//! away again. What is left is minimal: each grant was tried, and carries the refusal that its
//! absence brings. Who judges is the engine's own admission, so that a draft promises nothing that it
//! does not keep.

use std::collections::BTreeMap;

use super::candidates::{Candidates, DOUBTS, Subject};
use super::grant::{Frame, Grant, What, text};
use super::narrower::narrower;
use super::reading::Reading;
use crate::denial::Denial;
use crate::ident::{PartyId, Purpose, TableRef};

/// The texts of policies, by table.
pub type Texts = BTreeMap<TableRef, String>;

/// What a judge says of a question under drafted policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is admitted.
    Admitted,
    /// It is refused.
    Refused(Box<Denial>),
    /// The policies are none, or the question does not bind under them.
    Unfit(String),
}

/// A question for which policies are drafted.
#[derive(Debug)]
pub struct Wanted<'w> {
    /// What it is called: a file's name.
    pub name: &'w str,
    /// Who asks.
    pub asker: &'w PartyId,
    /// Who receives the answer.
    pub recipient: &'w PartyId,
    /// What for.
    pub purpose: Option<&'w Purpose>,
    /// The tables that it reads and that are not public.
    pub subjects: &'w [Subject],
    /// What it reads of them.
    pub reading: &'w Reading,
}

/// A grant with what happens without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The table.
    pub table: TableRef,
    /// The column or key domain; empty for `[disclosure]`.
    pub subject: String,
    /// The key of the policy language.
    pub key: &'static str,
    /// The refusal without it.
    pub without: String,
}

/// Drafted policies.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Their texts.
    pub texts: Texts,
    /// Every grant in them.
    pub grants: Vec<Granted>,
}

/// Drafts the policies that let a question in and grant nothing more.
///
/// # Errors
/// The refusal that no grant lifts.
pub async fn propose<J>(wanted: &Wanted<'_>, judge: &J) -> Result<Proposal, Verdict>
where
    J: AsyncFn(&Texts) -> Verdict,
{
    let search = Search { wanted, judge };
    let mut grants = search.widest().await?;
    search.shrink(&mut grants).await;
    search.narrow(&mut grants).await;
    let reasons = search.minimal(&mut grants).await;
    let why: Vec<Option<&str>> = reasons.iter().map(|r| Some(r.as_str())).collect();
    let reasoned: Vec<_> = grants.iter().zip(why).collect();
    let texts = search.texts(&reasoned);
    let granted = grants.iter().zip(&reasons).map(|(grant, without)| Granted {
        table: grant.table.clone(),
        subject: grant.what.subject().to_owned(),
        key: grant.what.key(),
        without: without.clone(),
    });
    Ok(Proposal {
        texts,
        grants: granted.collect(),
    })
}

struct Search<'s, J> {
    wanted: &'s Wanted<'s>,
    judge: &'s J,
}

impl<J: AsyncFn(&Texts) -> Verdict> Search<'_, J> {
    /// The first way of reading the tables in which all grants together let the question in.
    async fn widest(&self) -> Result<Vec<Grant>, Verdict> {
        let candidates = Candidates::new(self.wanted.subjects, self.wanted.reading);
        let mut nearest: Option<Verdict> = None;
        for choice in candidates.choices() {
            for doubt in DOUBTS {
                let grants = candidates.grants(&choice, doubt);
                match self.verdict(&grants).await {
                    Verdict::Admitted => return Ok(grants),
                    refused => nearest = Some(nearer(nearest, refused)),
                }
            }
        }
        let nobody = || Verdict::Unfit("no column says whom rows are about".to_owned());
        Err(nearest.unwrap_or_else(nobody))
    }

    /// Leaves out what the question is admitted without: whole kinds of grants first, then a name's, then each.
    async fn shrink(&self, grants: &mut Vec<Grant>) {
        let mut ranks: Vec<u8> = grants.iter().map(|grant| grant.what.rank()).collect();
        ranks.sort_unstable();
        ranks.dedup();
        for rank in ranks {
            if self
                .without(grants, |grant| grant.what.rank() == rank)
                .await
            {
                continue;
            }
            let of_rank = grants.iter().filter(|grant| grant.what.rank() == rank);
            let mut names: Vec<String> = of_rank.map(|g| g.what.subject().to_owned()).collect();
            names.sort_unstable();
            names.dedup();
            for name in names {
                self.without(grants, |g| {
                    g.what.rank() == rank && g.what.subject() == name
                })
                .await;
            }
            let of_rank = grants.iter().filter(|grant| grant.what.rank() == rank);
            for one in of_rank.cloned().collect::<Vec<_>>() {
                self.without(grants, |grant| *grant == one).await;
            }
        }
    }

    /// Coarsens grains and shortens lists of values as far as the question allows.
    async fn narrow(&self, grants: &mut Vec<Grant>) {
        for at in 0..grants.len() {
            while self.narrower(grants, at).await {}
        }
    }

    async fn narrower(&self, grants: &mut Vec<Grant>, at: usize) -> bool {
        let Some(grant) = grants.get(at).cloned() else {
            return false;
        };
        for what in narrower(&grant, self.wanted) {
            let mut tried = grants.clone();
            if let Some(slot) = tried.get_mut(at) {
                slot.what = what;
            }
            if self.verdict(&tried).await == Verdict::Admitted {
                *grants = tried;
                return true;
            }
        }
        false
    }

    /// Tries to leave out each grant once more, until none can be; what is said without each.
    async fn minimal(&self, grants: &mut Vec<Grant>) -> Vec<String> {
        'again: loop {
            let mut reasons = Vec::new();
            for at in 0..grants.len() {
                let fewer = without(grants, at);
                match self.verdict(&fewer).await {
                    Verdict::Admitted => {
                        *grants = fewer;
                        continue 'again;
                    }
                    Verdict::Refused(denial) => {
                        reasons.push(format!("without it {}: {}", denial.code, denial.message));
                    }
                    Verdict::Unfit(why) => reasons.push(format!("without it {why}")),
                }
            }
            return reasons;
        }
    }

    async fn without(&self, grants: &mut Vec<Grant>, which: impl Fn(&Grant) -> bool) -> bool {
        let fewer: Vec<Grant> = grants
            .iter()
            .filter(|grant| !which(grant))
            .cloned()
            .collect();
        let admitted =
            fewer.len() < grants.len() && self.verdict(&fewer).await == Verdict::Admitted;
        if admitted {
            *grants = fewer;
        }
        admitted
    }

    async fn verdict(&self, grants: &[Grant]) -> Verdict {
        let bare: Vec<_> = grants.iter().map(|grant| (grant, None)).collect();
        (self.judge)(&self.texts(&bare)).await
    }

    fn texts(&self, grants: &[(&Grant, Option<&str>)]) -> Texts {
        let texts = self.wanted.subjects.iter().map(|subject| {
            let frame = self.frame(subject);
            let written = text(&subject.table, &frame, grants);
            let laid_out = crate::format::format("draft", &written).unwrap_or(written);
            (subject.table.clone(), laid_out)
        });
        texts.collect()
    }

    /// Who may ask and receive, and for what: this question's, and nobody and nothing else.
    fn frame(&self, subject: &Subject) -> Frame {
        let table = &subject.table;
        let Wanted {
            name,
            asker,
            recipient,
            purpose,
            ..
        } = self.wanted;
        let one = |name: &str| format!("[\"{name}\"]");
        let mut access = vec![("ask", one(asker.as_str()))];
        if asker != recipient {
            access.push(("receive", one(recipient.as_str())));
        }
        if let Some(purpose) = purpose {
            access.push(("purposes", one(purpose.as_str())));
        }
        let head = format!(
            "# {table}: what {name} needs and nothing more. Read every line before you sign it.\n\
             # Behind each grant stands what is said without it. Bounds of `measure` and `min_contributors` are guesses.\n"
        );
        let (derived, absent) = (subject.derived.clone(), subject.absent.clone());
        Frame {
            head,
            access,
            derived,
            absent,
        }
    }
}

/// All but one. A column is still seen, if that was all about it.
fn without(grants: &[Grant], at: usize) -> Vec<Grant> {
    let mut fewer = grants.to_vec();
    let gone = fewer.remove(at);
    let same = |grant: &Grant| grant.table == gone.table && grant.what.about() == gone.what.about();
    if let Some(column) = gone.what.about()
        && !matches!(gone.what, What::Seen(_))
        && !fewer.iter().any(same)
    {
        let what = What::Seen(column.to_owned());
        fewer.insert(
            at,
            Grant {
                table: gone.table,
                what,
            },
        );
    }
    fewer
}

/// Of two refusals the one that comes later by precedence: it has less left to lift.
fn nearer(before: Option<Verdict>, now: Verdict) -> Verdict {
    match (before, now) {
        (Some(Verdict::Refused(before)), Verdict::Refused(now)) => {
            Verdict::Refused(if now.code > before.code { now } else { before })
        }
        (None | Some(Verdict::Unfit(_) | Verdict::Admitted), now) => now,
        (Some(before), Verdict::Unfit(_) | Verdict::Admitted) => before,
    }
}
