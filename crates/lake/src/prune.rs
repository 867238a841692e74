//! [`Wanted`]: the time and the classes that a query's filters leave, as far as they say so plainly.

use datafusion::{
    arrow::datatypes::{DataType, TimeUnit},
    common::ScalarValue,
    logical_expr::{BinaryExpr, Expr, Operator},
};
use yagura_event::OcsfClass;

use crate::column::Column;

/// What a row must have to matter. Too wide is fine, too narrow loses rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    from_nanos: i64,
    to_nanos: i64,
    class: Option<OcsfClass>,
}

impl Wanted {
    pub(crate) fn overlaps(&self, from_nanos: i64, to_nanos: i64) -> bool {
        self.from_nanos <= to_nanos && from_nanos <= self.to_nanos
    }

    pub(crate) fn has_class(&self, class: OcsfClass) -> bool {
        self.class.is_none_or(|wanted| wanted == class)
    }
}

/// Reads filters that are joined by AND.
pub(crate) fn wanted(filters: &[Expr]) -> Wanted {
    let mut wanted = Wanted { from_nanos: i64::MIN, to_nanos: i64::MAX, class: None };
    filters.iter().for_each(|filter| narrow(&mut wanted, filter));
    wanted
}

fn narrow(wanted: &mut Wanted, filter: &Expr) {
    match filter {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::And, right }) => {
            narrow(wanted, left);
            narrow(wanted, right);
        }
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => match (&**left, &**right) {
            (Expr::Column(column), Expr::Literal(value, _)) => compare(wanted, &column.name, *op, value),
            (Expr::Literal(value, _), Expr::Column(column)) => {
                if let Some(op) = op.swap() {
                    compare(wanted, &column.name, op, value);
                }
            }
            _ => {}
        },
        Expr::Between(between) if !between.negated => {
            if let (Expr::Column(column), Expr::Literal(low, _), Expr::Literal(high, _)) =
                (&*between.expr, &*between.low, &*between.high)
            {
                compare(wanted, &column.name, Operator::GtEq, low);
                compare(wanted, &column.name, Operator::LtEq, high);
            }
        }
        _ => {}
    }
}

fn compare(wanted: &mut Wanted, column: &str, op: Operator, value: &ScalarValue) {
    if column == Column::Time.name() {
        if let Some(nanos) = nanos(value) {
            match op {
                Operator::Gt | Operator::GtEq => wanted.from_nanos = wanted.from_nanos.max(nanos),
                Operator::Lt | Operator::LtEq => wanted.to_nanos = wanted.to_nanos.min(nanos),
                Operator::Eq => {
                    wanted.from_nanos = wanted.from_nanos.max(nanos);
                    wanted.to_nanos = wanted.to_nanos.min(nanos);
                }
                _ => {}
            }
        }
    } else if op == Operator::Eq {
        let text = value.to_string();
        let class = OcsfClass::ALL.into_iter().find(|class| {
            (column == Column::ClassUid.name() && text == class.uid().to_string())
                || (column == Column::ClassName.name() && text == class.table())
        });
        wanted.class = wanted.class.or(class);
    }
}

fn nanos(value: &ScalarValue) -> Option<i64> {
    match value.cast_to(&DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into()))).ok()? {
        ScalarValue::TimestampNanosecond(nanos, _) => nanos,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use datafusion::prelude::{col, lit};

    use super::*;

    fn at(nanos: i64) -> Expr {
        lit(ScalarValue::TimestampNanosecond(Some(nanos), Some("UTC".into())))
    }

    fn check(filter: Expr, from_nanos: i64, to_nanos: i64, class: Option<OcsfClass>) {
        assert_eq!(wanted(std::slice::from_ref(&filter)), Wanted { from_nanos, to_nanos, class }, "{filter}");
    }

    #[test]
    fn plain_filters_narrow_and_others_do_not() {
        let (min, max) = (i64::MIN, i64::MAX);
        check(col("time").gt(at(5)), 5, max, None);
        check(at(5).gt(col("time")), min, 5, None);
        check(col("time").gt_eq(at(5)).and(col("time").lt(at(9))), 5, 9, None);
        check(col("time").between(at(5), at(9)), 5, 9, None);
        check(col("time").gt(at(5)).or(col("cpu").eq(lit(1))), min, max, None);
        check(col("class_uid").eq(lit(1007_i64)), min, max, Some(OcsfClass::ProcessActivity));
        check(col("class_name").eq(lit("file_activity")), min, max, Some(OcsfClass::FileSystemActivity));
        check(col("class_uid").not_eq(lit(1007_i64)), min, max, None);
    }
}
