//! What a refused asker is offered instead: judged as if it had been asked, noted nowhere, charged nothing.

use datafusion::sql::parser::Statement as DfStatement;
use policy::denial::Denial;

use crate::engine::{Engine, Question};
use crate::nearest::nearest;
use crate::parse::{self, Statement};
use crate::refusal::Refusal;

impl Engine {
    /// Adds to a refusal the nearest statement that this asker would be let ask.
    pub(crate) async fn offer(
        &self,
        question: &Question,
        query: &DfStatement,
        denial: &mut Denial,
    ) {
        let admits = async |sql: &str| match parse::statement(sql)? {
            Statement::Query(query) => {
                let bound = self.bind(question, *query).await?;
                self.admit(question, &bound).map(|_| ())
            }
            Statement::ExplainPolicy(_)
            | Statement::ShowTables
            | Statement::ShowApproved
            | Statement::ShowColumns(_) => Err(Refusal::invalid("this is no question")),
        };
        denial.instead = Box::pin(nearest(query, denial, admits)).await;
    }
}
