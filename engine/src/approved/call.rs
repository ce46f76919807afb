//! `approved('name', country => 'LU')`: found in a question, and replaced by the text with its parameters in place.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, GroupByExpr, Ident, ObjectName, ObjectNamePart, Query,
    Select, SetExpr, TableAlias, TableFactor, TableFunctionArgs, UnaryOperator, Value, Visit,
    VisitMut, Visitor, VisitorMut, visit_expressions,
};
use policy::capability::Literal;
use policy::denial::Code;
use policy::number::Decimal;

use super::denied;
use crate::refusal::Refusal;

/// Values by parameter, as SQL and as the policy language knows them.
pub(crate) type Parameters = BTreeMap<String, (Expr, Literal)>;

/// A call of an approved question.
pub(crate) struct Called {
    pub(crate) name: String,
    pub(crate) parameters: Parameters,
}

const WHOLE: &str = "write SELECT … FROM approved('name'), with WHERE, ORDER BY and LIMIT at most";

/// The call that a question is; `None` if it calls nothing.
///
/// # Errors
/// `E_STMT` when the call is only a part of the question, or is not written as one.
pub(crate) fn find(query: &Query) -> Result<Option<Called>, Refusal> {
    let mut read = Read::default();
    let walked = query.visit(&mut read);
    debug_assert!(walked.is_continue(), "the visitor never breaks");
    if read.calls == 0 {
        return Ok(None);
    }
    let alone = read.tables == 1 && read.queries == 1;
    let args = if alone { whole(query) } else { None };
    args.map_or_else(|| Err(not_whole()), called).map(Some)
}

fn not_whole() -> Refusal {
    let message = "an approved question is a whole statement".to_owned();
    denied(Code::Stmt, message, WHOLE)
}

/// Refuses whatever computes above the text: only its own aggregates were read.
///
/// # Errors
/// `E_STMT` for an aggregate, DISTINCT or window above it.
pub(crate) fn nothing_above(plan: &LogicalPlan) -> Result<(), Refusal> {
    match plan {
        LogicalPlan::Projection(node) => nothing_above(&node.input),
        LogicalPlan::Filter(node) => nothing_above(&node.input),
        LogicalPlan::Sort(node) => nothing_above(&node.input),
        LogicalPlan::Limit(node) => nothing_above(&node.input),
        LogicalPlan::SubqueryAlias(_) => Ok(()),
        LogicalPlan::Aggregate(_)
        | LogicalPlan::Window(_)
        | LogicalPlan::Distinct(_)
        | LogicalPlan::Join(_)
        | LogicalPlan::Union(_)
        | LogicalPlan::TableScan(_)
        | LogicalPlan::EmptyRelation(_)
        | LogicalPlan::Values(_)
        | LogicalPlan::Subquery(_)
        | LogicalPlan::Repartition(_)
        | LogicalPlan::Statement(_)
        | LogicalPlan::Explain(_)
        | LogicalPlan::Analyze(_)
        | LogicalPlan::Extension(_)
        | LogicalPlan::Dml(_)
        | LogicalPlan::Ddl(_)
        | LogicalPlan::Copy(_)
        | LogicalPlan::DescribeTable(_)
        | LogicalPlan::Unnest(_)
        | LogicalPlan::RecursiveQuery(_) => Err(not_whole()),
    }
}

/// What a question reads: how often approved ones, how many tables, in how many queries.
#[derive(Default)]
struct Read {
    calls: usize,
    tables: usize,
    queries: usize,
}

impl Visitor for Read {
    type Break = ();

    fn pre_visit_query(&mut self, _query: &Query) -> ControlFlow<()> {
        self.queries = self.queries.saturating_add(1);
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        self.tables = self.tables.saturating_add(1);
        if let TableFactor::Table {
            name,
            args: Some(_),
            ..
        } = factor
            && is_ours(name)
        {
            self.calls = self.calls.saturating_add(1);
        }
        ControlFlow::Continue(())
    }
}

fn is_ours(name: &ObjectName) -> bool {
    match name.0.as_slice() {
        [ObjectNamePart::Identifier(ident)] => ident.value.eq_ignore_ascii_case("approved"),
        _longer => false,
    }
}

/// The arguments of the call, if nothing but projection, filter, order and limit stands above it.
fn whole(query: &Query) -> Option<&TableFunctionArgs> {
    let SetExpr::Select(select) = query.body.as_ref() else {
        return None;
    };
    let ungrouped = match &select.group_by {
        GroupByExpr::Expressions(keys, more) => keys.is_empty() && more.is_empty(),
        GroupByExpr::All(_) => false,
    };
    let plain = query.with.is_none()
        && ungrouped
        && select.having.is_none()
        && select.qualify.is_none()
        && select.distinct.is_none();
    match factor(select) {
        Some(TableFactor::Table { args, .. }) if plain => args.as_ref(),
        Some(_) | None => None,
    }
}

fn factor(select: &Select) -> Option<&TableFactor> {
    match select.from.as_slice() {
        [from] if from.joins.is_empty() => Some(&from.relation),
        _several => None,
    }
}

fn called(args: &TableFunctionArgs) -> Result<Called, Refusal> {
    let mut args = args.args.iter();
    let name = match args.next() {
        Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(expr))) => text(expr),
        Some(_) | None => None,
    };
    let Some(name) = name else {
        let message = "approved(…) takes the name of a question first, in quotes".to_owned();
        return Err(denied(Code::Stmt, message, WHOLE));
    };
    let mut parameters = Parameters::new();
    for arg in args {
        let (name, value) = named(arg).ok_or_else(not_named)?;
        let literal = literal(&value).ok_or_else(not_named)?;
        if parameters.insert(name.clone(), (value, literal)).is_some() {
            let message = format!("the parameter {name} is given twice");
            return Err(denied(Code::Stmt, message, "give each once"));
        }
    }
    Ok(Called { name, parameters })
}

fn not_named() -> Refusal {
    denied(
        Code::Stmt,
        "a parameter is a name and a literal".to_owned(),
        "write it as in approved('name', country => 'LU', least => 1000)",
    )
}

fn named(arg: &FunctionArg) -> Option<(String, Expr)> {
    let (name, value) = match arg {
        FunctionArg::Named { name, arg, .. } => (name.value.clone(), arg),
        FunctionArg::ExprNamed { name, arg, .. } => match name {
            Expr::Identifier(ident) => (ident.value.clone(), arg),
            _other => return None,
        },
        FunctionArg::Unnamed(_) => return None,
    };
    match value {
        FunctionArgExpr::Expr(value) => Some((name.to_lowercase(), value.clone())),
        FunctionArgExpr::QualifiedWildcard(_)
        | FunctionArgExpr::Wildcard
        | FunctionArgExpr::WildcardWithOptions(_) => None,
    }
}

fn text(expr: &Expr) -> Option<String> {
    match literal(expr)? {
        Literal::Text(text) => Some(text),
        Literal::Number(_) | Literal::Bool(_) => None,
    }
}

fn literal(expr: &Expr) -> Option<Literal> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => Some(Literal::Text(text.clone())),
            Value::Number(digits, _) => Decimal::parse(digits).map(Literal::Number),
            Value::Boolean(flag) => Some(Literal::Bool(*flag)),
            _other => None,
        },
        Expr::UnaryOp {
            op: UnaryOperator::Minus,
            expr,
        } => match literal(expr)? {
            Literal::Number(number) => {
                let negative = Decimal::from(0).mantissa().checked_sub(number.mantissa())?;
                Some(Literal::Number(Decimal::new(negative, number.scale())))
            }
            Literal::Text(_) | Literal::Bool(_) => None,
        },
        _other => None,
    }
}

/// A value as its owner wrote it: 10 and 10.0 are the same value, and not the same SQL.
pub(crate) fn written(literal: &Literal) -> Expr {
    let value = match literal {
        Literal::Text(text) => Value::SingleQuotedString(text.clone()),
        Literal::Number(number) => Value::Number(number.to_string(), false),
        Literal::Bool(flag) => Value::Boolean(*flag),
    };
    Expr::value(value)
}

/// The parameters that a text has, without the sign in front.
pub(crate) fn placeholders(text: &Query) -> Vec<String> {
    let mut found = Vec::new();
    let walked = visit_expressions(text, |expr: &Expr| {
        if let Expr::Value(value) = expr
            && let Value::Placeholder(name) = &value.value
        {
            let name = name.trim_start_matches('$').to_lowercase();
            if !found.contains(&name) {
                found.push(name);
            }
        }
        ControlFlow::<()>::Continue(())
    });
    debug_assert!(walked.is_continue(), "the visitor never breaks");
    found
}

/// The question with the text in the place of the call.
///
/// # Errors
/// `E_STMT` for a parameter that is missing or that the text does not have.
pub(crate) fn put_in_place(
    question: &Query,
    text: &Query,
    parameters: &Parameters,
) -> Result<Query, Refusal> {
    let wanted = placeholders(text);
    let help = if wanted.is_empty() {
        "it has no parameters".to_owned()
    } else {
        format!("it has {}", wanted.join(", "))
    };
    if let Some(missing) = wanted.iter().find(|name| !parameters.contains_key(*name)) {
        let message = format!("the parameter {missing} is missing");
        return Err(denied(Code::Stmt, message, &help));
    }
    if let Some(unknown) = parameters.keys().find(|name| !wanted.contains(name)) {
        let message = format!("there is no parameter {unknown}");
        return Err(denied(Code::Stmt, message, &help));
    }
    let mut text = text.clone();
    let filled = VisitMut::visit(&mut text, &mut Fill(parameters));
    debug_assert!(filled.is_continue(), "the visitor never breaks");
    let mut question = question.clone();
    if let SetExpr::Select(select) = question.body.as_mut()
        && let Some(from) = select.from.first_mut()
    {
        let known = match &from.relation {
            TableFactor::Table { alias, .. } => alias.clone(),
            _other => None,
        };
        from.relation = TableFactor::Derived {
            lateral: false,
            subquery: Box::new(text),
            alias: known.or_else(|| Some(alias("approved"))),
            sample: None,
        };
    }
    Ok(question)
}

fn alias(name: &str) -> TableAlias {
    TableAlias {
        explicit: true,
        name: Ident::new(name),
        columns: Vec::new(),
        at: None,
    }
}

struct Fill<'p>(&'p Parameters);

impl VisitorMut for Fill<'_> {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if let Expr::Value(value) = expr
            && let Value::Placeholder(name) = &value.value
            && let Some((literal, _)) = self.0.get(&name.trim_start_matches('$').to_lowercase())
        {
            *expr = literal.clone();
        }
        ControlFlow::Continue(())
    }
}
