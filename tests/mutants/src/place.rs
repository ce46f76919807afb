//! Where in a source the parts of a mutant's surroundings stand: operands, guards, bases.

use std::collections::BTreeMap;
use std::ops::Range;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Arm, BinOp, Expr, ExprBinary, ExprStruct, ExprUnary, Member};

/// The parts around an operator.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) whole: Range<usize>,
    pub(crate) left: Range<usize>,
    pub(crate) right: Range<usize>,
    pub(crate) operator: Range<usize>,
    /// It is a link of a chain with `let`.
    pub(crate) binds: bool,
}

/// The parts of a match arm.
#[derive(Debug, Clone)]
pub(crate) struct ArmParts {
    pub(crate) guard: Option<Range<usize>>,
    pub(crate) arrow: Range<usize>,
}

/// The parts of a field that a struct's base has as well.
#[derive(Debug, Clone)]
pub(crate) struct FieldParts {
    pub(crate) whole: Range<usize>,
    pub(crate) value: Range<usize>,
    pub(crate) name: String,
    /// The base, written so that it may be evaluated twice.
    pub(crate) base: String,
}

/// The places of one file, by the byte at which cargo-mutants says that a mutant begins.
#[derive(Debug, Default)]
pub(crate) struct Places {
    source: String,
    pub(crate) operations: BTreeMap<usize, Operation>,
    /// By operator: the whole expression, and its operand.
    pub(crate) unary: BTreeMap<usize, (Range<usize>, Range<usize>)>,
    pub(crate) arms: BTreeMap<usize, ArmParts>,
    /// By guard: whether it binds names.
    pub(crate) guards: BTreeMap<usize, (Range<usize>, bool)>,
    pub(crate) fields: BTreeMap<usize, FieldParts>,
}

impl Places {
    /// The places of a source.
    pub(crate) fn of(source: &str) -> syn::Result<Self> {
        let mut places = Self {
            source: source.to_owned(),
            ..Self::default()
        };
        places.visit_file(&syn::parse_file(source)?);
        Ok(places)
    }
}

/// A struct's base that may be evaluated twice: what it is made of is cloned.
fn twice(source: &str, base: &Expr) -> String {
    let written = |range: Range<usize>| source.get(range).unwrap_or_default();
    let Expr::Call(call) = base else {
        return written(bytes(base)).to_owned();
    };
    let clone = |argument: &Expr| format!("({}).clone()", written(bytes(argument)));
    let arguments: Vec<String> = call.args.iter().map(clone).collect();
    format!("{}({})", written(bytes(&call.func)), arguments.join(", "))
}

fn bytes(node: &impl Spanned) -> Range<usize> {
    node.span().byte_range()
}

/// Whether a condition binds names for what follows it.
fn binds(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(node) if matches!(node.op, BinOp::And(_)) => {
            binds(&node.left) || binds(&node.right)
        }
        _ => false,
    }
}

impl<'ast> Visit<'ast> for Places {
    fn visit_expr_binary(&mut self, node: &'ast ExprBinary) {
        let operator = bytes(&node.op);
        let parts = Operation {
            whole: bytes(node),
            left: bytes(&node.left),
            right: bytes(&node.right),
            operator: operator.clone(),
            binds: binds(&node.left) || binds(&node.right),
        };
        self.operations.insert(operator.start, parts);
        visit::visit_expr_binary(self, node);
    }

    fn visit_expr_unary(&mut self, node: &'ast ExprUnary) {
        let parts = (bytes(node), bytes(&node.expr));
        self.unary.insert(bytes(&node.op).start, parts);
        visit::visit_expr_unary(self, node);
    }

    fn visit_arm(&mut self, node: &'ast Arm) {
        let guard = node.guard.as_ref().map(|(_, guard)| bytes(guard));
        let arrow = bytes(&node.fat_arrow_token);
        if let Some((_, expr)) = &node.guard {
            let guard = bytes(expr);
            self.guards.insert(guard.start, (guard, binds(expr)));
        }
        self.arms
            .insert(bytes(node).start, ArmParts { guard, arrow });
        visit::visit_arm(self, node);
    }

    fn visit_expr_struct(&mut self, node: &'ast ExprStruct) {
        if let Some(base) = &node.rest {
            for field in &node.fields {
                let Member::Named(name) = &field.member else {
                    continue;
                };
                let parts = FieldParts {
                    whole: bytes(field),
                    value: bytes(&field.expr),
                    name: name.to_string(),
                    base: twice(&self.source, base),
                };
                self.fields.insert(parts.whole.start, parts);
            }
        }
        visit::visit_expr_struct(self, node);
    }
}
