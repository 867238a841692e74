//! YARA rules over bytes, behind limits of size, time and number. The only crate that names yara-x.
