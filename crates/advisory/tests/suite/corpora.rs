//! Where data of others lies: `YAGURA_CORPORA`, or `shared/corpora` beside the checkout.

use std::path::{Path, PathBuf};

/// The folder or file of that name; says so and returns nothing where it is missing.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let roots =
        [std::env::var_os("YAGURA_CORPORA").map(PathBuf::from), Some(checkout.join("shared/corpora"))];
    let found = roots.into_iter().flatten().map(|root| root.join(name)).find(|path| path.exists());
    if found.is_none() {
        eprintln!("skipped: {name} is not in YAGURA_CORPORA or ../shared/corpora");
    }
    found
}
