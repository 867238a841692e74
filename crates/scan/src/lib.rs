//! Walks a target once, feeds the engines, joins what they find, writes reports.
