//! Taking a field's values out of an event.

use yagura_event::{Event, Process};

use super::{Field, FieldArg, FieldRef, Scope, Value, event_value, process_value};

/// The value of a field that has one, or the first of several.
pub(crate) fn one<'e>(field: &FieldRef, event: &'e Event) -> Option<Value<'e>> {
    if field.is_many() {
        let mut first = None;
        each(field, event, &mut |value| {
            first.get_or_insert(value);
        });
        return first;
    }
    match field.scope() {
        Scope::Process => process_value::value(field.field, &field.arg, &event.process),
        Scope::Event => event_value::value(field.field, &field.arg, event),
        Scope::Never => None,
    }
}

/// Every value of a field.
pub(crate) fn each<'e>(field: &FieldRef, event: &'e Event, sink: &mut impl FnMut(Value<'e>)) {
    if !field.is_many() {
        if let Some(value) = one(field, event) {
            sink(value);
        }
        return;
    }
    match field.field {
        Field::FdIp | Field::FdNet => {
            for end in event_value::both_ends(event).into_iter().flatten() {
                sink(Value::Address(end.ip()));
            }
        }
        Field::FdPort => {
            for end in event_value::both_ends(event).into_iter().flatten() {
                sink(Value::Number(end.port().into()));
            }
        }
        of_ancestors => {
            for ancestor in event.process.ancestors() {
                if let Some(value) = of_ancestor(of_ancestors, &field.arg, ancestor) {
                    sink(value);
                }
            }
        }
    }
}

fn of_ancestor<'e>(field: Field, arg: &FieldArg, ancestor: &'e Process) -> Option<Value<'e>> {
    let own = match field {
        Field::ProcAname => Field::ProcName,
        Field::ProcAexe => Field::ProcExe,
        Field::ProcAexepath => Field::ProcExepath,
        Field::ProcAcmdline => Field::ProcCmdline,
        Field::ProcAargs => Field::ProcArgs,
        Field::ProcApid => Field::ProcPid,
        Field::ProcAenv => Field::ProcEnv,
        _ => return None,
    };
    process_value::value(own, arg, ancestor)
}
