//! Plans as SQL: every operator a subquery, its columns `c0`, `c1`, ….

use super::expression::{Expr, Op, Sum};
use super::frame::Frame;
use super::plan::{Aggregate, Function, Plan, Question};
use super::value::Value;
use super::world::World;

/// Writes questions over a world.
struct Writer<'a> {
    world: &'a World,
    names: usize,
    seen: usize,
    splice: Option<Splice<'a>>,
}

/// A place in a plan where something else is written: the operator's number, inputs after those that read them, and
/// what becomes of its SELECT.
pub type Splice<'a> = (usize, &'a dyn Fn(&str) -> String);

/// A question as one statement.
#[must_use]
pub fn statement(world: &World, question: &Question) -> String {
    Writer::new(world, None).question(question)
}

/// The same with something else in one place.
#[must_use]
pub fn spliced(world: &World, question: &Question, splice: Splice<'_>) -> String {
    Writer::new(world, Some(splice)).question(question)
}

/// Rows as a SELECT with columns `c0`, `c1`, ….
#[must_use]
pub fn rows(world: &World, plan: &Plan) -> String {
    Writer::new(world, None).plan(plan)
}

/// An expression; `name` says what a column is called.
#[must_use]
pub fn expression(expr: &Expr, name: &dyn Fn(usize) -> String) -> String {
    let of = |expr: &Expr| expression(expr, name);
    match expr {
        Expr::Column(at) => name(*at),
        Expr::Literal(value) => value.literal(),
        Expr::Compare(op, a, b) => {
            let op = match op {
                Op::Eq => "=",
                Op::Ne => "<>",
                Op::Lt => "<",
                Op::Le => "<=",
                Op::Gt => ">",
                Op::Ge => ">=",
            };
            format!("({} {op} {})", of(a), of(b))
        }
        Expr::And(a, b) => format!("({} AND {})", of(a), of(b)),
        Expr::Or(a, b) => format!("({} OR {})", of(a), of(b)),
        Expr::Not(a) => format!("(NOT {})", of(a)),
        Expr::IsNull(a) => format!("({} IS NULL)", of(a)),
        Expr::In(a, values) => format!("({} IN ({}))", of(a), list(values)),
        Expr::Between(a, low, high) => {
            format!(
                "({} BETWEEN {} AND {})",
                of(a),
                low.literal(),
                high.literal()
            )
        }
        Expr::Prefix(a, prefix) => format!("({} LIKE '{prefix}%')", of(a)),
        Expr::Case(arms, otherwise) => {
            let arms = arms
                .iter()
                .map(|(when, then)| format!("WHEN {} THEN {} ", of(when), of(then)));
            let otherwise = otherwise.as_ref().map(|expr| format!("ELSE {} ", of(expr)));
            format!(
                "CASE {}{}END",
                arms.collect::<String>(),
                otherwise.unwrap_or_default()
            )
        }
        Expr::Math(sum, a, b) => {
            let sum = match sum {
                Sum::Plus => "+",
                Sum::Minus => "-",
                Sum::Times => "*",
            };
            format!("({} {sum} {})", of(a), of(b))
        }
        Expr::Month(a) => format!("date_trunc('month', {})", of(a)),
    }
}

fn aggregate(aggregate: &Aggregate, name: &dyn Fn(usize) -> String) -> String {
    let argument = aggregate
        .argument
        .as_ref()
        .map(|argument| expression(argument, name));
    let argument = argument.unwrap_or_else(|| "*".to_owned());
    let call = match aggregate.function {
        Function::Rows | Function::Count => format!("COUNT({argument})"),
        Function::Distinct => format!("COUNT(DISTINCT {argument})"),
        Function::Sum => format!("SUM({argument})"),
        Function::Min => format!("MIN({argument})"),
        Function::Max => format!("MAX({argument})"),
        Function::Avg => format!("AVG({argument})"),
        Function::VarPop => format!("VAR_POP({argument})"),
        Function::VarSamp => format!("VAR_SAMP({argument})"),
        Function::DevPop => format!("STDDEV_POP({argument})"),
        Function::Shift(rows) if rows < 0 => format!("LEAD({argument}, {})", -rows),
        Function::Shift(rows) => format!("LAG({argument}, {rows})"),
    };
    match &aggregate.filter {
        None => call,
        Some(filter) => format!("{call} FILTER (WHERE {})", expression(filter, name)),
    }
}

fn list(values: &[Value]) -> String {
    let literals = values.iter().map(Value::literal);
    literals.collect::<Vec<_>>().join(", ")
}

/// `expression AS prefix0, …`
fn named(expressions: impl IntoIterator<Item = String>, prefix: char, from: usize) -> Vec<String> {
    let numbered = expressions.into_iter().enumerate();
    numbered
        .map(|(at, text)| format!("{text} AS {prefix}{}", at + from))
        .collect()
}

impl<'a> Writer<'a> {
    fn new(world: &'a World, splice: Option<Splice<'a>>) -> Self {
        Self {
            world,
            names: 0,
            seen: 0,
            splice,
        }
    }

    /// A fresh name of a subquery.
    fn name(&mut self) -> String {
        self.names += 1;
        format!("q{}", self.names)
    }

    fn question(&mut self, question: &Question) -> String {
        let (from, q) = self.source(&question.input);
        let column = |at: usize| format!("{q}.c{at}");
        let keys: Vec<String> = question
            .keys
            .iter()
            .map(|key| expression(key, &column))
            .collect();
        let statistics: Vec<String> = question
            .statistics
            .iter()
            .map(|a| aggregate(a, &column))
            .collect();
        let all = [keys.clone(), statistics.clone()].concat();
        let mut selected = named(keys.clone(), 'k', 0);
        selected.extend(named(statistics.clone(), 's', 0));
        if statistics.is_empty() {
            return format!("SELECT DISTINCT {} FROM {from}", selected.join(", "));
        }
        let mut text = format!("SELECT {} FROM {from}", selected.join(", "));
        if !keys.is_empty() {
            text += &format!(" GROUP BY {}", keys.join(", "));
        }
        if let Some(having) = &question.having {
            text += &format!(" HAVING {}", expression(having, &|at| all[at].clone()));
        }
        text
    }

    /// A plan in a FROM clause, and its name there.
    fn source(&mut self, plan: &Plan) -> (String, String) {
        let text = self.plan(plan);
        let name = self.name();
        (format!("({text}) AS {name}"), name)
    }

    /// A plan as a SELECT with columns `c0`, `c1`, ….
    fn plan(&mut self, plan: &Plan) -> String {
        let number = self.seen;
        self.seen += 1;
        let text = self.operator(plan);
        match self.splice {
            Some((place, write)) if place == number => write(&text),
            Some(_) | None => text,
        }
    }

    fn operator(&mut self, plan: &Plan) -> String {
        match plan {
            Plan::Scan { table } => {
                let names = self.world.tables[*table].visible();
                let names = names.map(|at| self.world.tables[*table].columns[at].name.to_owned());
                let columns = named(names, 'c', 0).join(", ");
                format!("SELECT {columns} FROM {}", self.world.full_name(*table))
            }
            Plan::List { kinds, rows } => self.values(kinds.len(), rows),
            Plan::Filter { input, predicate } => {
                let (from, q) = self.source(input);
                let predicate = expression(predicate, &|at| format!("{q}.c{at}"));
                format!("SELECT * FROM {from} WHERE {predicate}")
            }
            Plan::Project { input, columns } => {
                let (from, q) = self.source(input);
                let columns = columns
                    .iter()
                    .map(|expr| expression(expr, &|at| format!("{q}.c{at}")));
                format!("SELECT {} FROM {from}", named(columns, 'c', 0).join(", "))
            }
            Plan::Join {
                outer,
                left,
                right,
                on,
                and,
            } => self.join(*outer, left, right, on, and.as_ref()),
            Plan::Semi {
                input,
                tested,
                on,
                negated,
            } => {
                let (from, q) = self.source(input);
                let (other, t) = self.source(tested);
                let not = if *negated { "NOT " } else { "" };
                let (l, r) = on;
                format!(
                    "SELECT * FROM {from} WHERE {not}EXISTS (SELECT 1 FROM {other} WHERE {t}.c{r} = {q}.c{l})"
                )
            }
            Plan::Group {
                input,
                keys,
                aggregates,
            } => {
                let (from, q) = self.source(input);
                let column = |at: usize| format!("{q}.c{at}");
                let keys: Vec<String> = keys.iter().map(|key| expression(key, &column)).collect();
                if aggregates.is_empty() {
                    return format!(
                        "SELECT DISTINCT {} FROM {from}",
                        named(keys, 'c', 0).join(", ")
                    );
                }
                let mut selected = named(keys.clone(), 'c', 0);
                selected.extend(named(
                    aggregates.iter().map(|a| aggregate(a, &column)),
                    'c',
                    keys.len(),
                ));
                format!(
                    "SELECT {} FROM {from} GROUP BY {}",
                    selected.join(", "),
                    keys.join(", ")
                )
            }
            Plan::Union { inputs } => {
                let inputs: Vec<String> = inputs.iter().map(|input| self.plan(input)).collect();
                inputs.join(" UNION ALL ")
            }
            Plan::Window {
                input,
                aggregate,
                partition,
                frame,
            } => self.window(input, aggregate, partition, frame.as_ref()),
        }
    }

    fn values(&mut self, width: usize, rows: &[Vec<Value>]) -> String {
        let rows: Vec<String> = rows.iter().map(|row| format!("({})", list(row))).collect();
        let columns: Vec<String> = (0..width).map(|at| format!("c{at}")).collect();
        let name = self.name();
        let (rows, columns) = (rows.join(", "), columns.join(", "));
        format!("SELECT * FROM (VALUES {rows}) AS {name}({columns})")
    }

    fn window(
        &mut self,
        input: &Plan,
        call: &Aggregate,
        partition: &[usize],
        frame: Option<&Frame>,
    ) -> String {
        let width = width(self.world, input);
        let (from, q) = self.source(input);
        let column = |at: usize| format!("{q}.c{at}");
        let keys: Vec<String> = partition.iter().map(|at| column(*at)).collect();
        let mut over = format!("PARTITION BY {}", keys.join(", "));
        if let Some(frame) = frame {
            over += &format!(" {}", frame.order_by(&column(frame.by)));
        }
        if let Some(frame) = frame.filter(|_| !matches!(call.function, Function::Shift(_))) {
            over += &format!(" {}", frame.ends());
        }
        let call = aggregate(call, &column);
        format!("SELECT {q}.*, {call} OVER ({over}) AS c{width} FROM {from}")
    }

    fn join(
        &mut self,
        outer: bool,
        left: &Plan,
        right: &Plan,
        on: &[(usize, usize)],
        and: Option<&Expr>,
    ) -> String {
        let (a, b) = (width(self.world, left), width(self.world, right));
        let (left, l) = self.source(left);
        let (right, r) = self.source(right);
        let column = |at: usize| {
            if at < a {
                format!("{l}.c{at}")
            } else {
                format!("{r}.c{}", at - a)
            }
        };
        let mut conditions: Vec<String> = on
            .iter()
            .map(|(x, y)| format!("{l}.c{x} = {r}.c{y}"))
            .collect();
        conditions.extend(and.map(|and| expression(and, &column)));
        let columns = named((0..a + b).map(column), 'c', 0).join(", ");
        if conditions.is_empty() {
            return format!("SELECT {columns} FROM {left} CROSS JOIN {right}");
        }
        let kind = if outer { "LEFT JOIN" } else { "JOIN" };
        format!(
            "SELECT {columns} FROM {left} {kind} {right} ON {}",
            conditions.join(" AND ")
        )
    }
}

/// How many columns a plan has.
#[must_use]
pub fn width(world: &World, plan: &Plan) -> usize {
    match plan {
        Plan::Scan { table } => world.tables[*table].visible().count(),
        Plan::List { kinds, .. } => kinds.len(),
        Plan::Filter { input, .. } | Plan::Semi { input, .. } => width(world, input),
        Plan::Project { columns, .. } => columns.len(),
        Plan::Join { left, right, .. } => width(world, left) + width(world, right),
        Plan::Group {
            keys, aggregates, ..
        } => keys.len() + aggregates.len(),
        Plan::Union { inputs } => width(world, &inputs[0]),
        Plan::Window { input, .. } => width(world, input) + 1,
    }
}
