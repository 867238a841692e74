//! Elixir and Erlang.

pub(crate) mod mix;
pub(crate) mod rebar;

/// The string literals of a line of Elixir or Erlang.
pub(crate) fn literals(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').skip(1).step_by(2)
}
