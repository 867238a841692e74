//! Targets as a user meets them: archives, layouts, folders, registries; whole, damaged and hostile.

#![expect(clippy::unwrap_used, reason = "a test may end at the first surprise")]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

mod damage;
mod folder;
mod forms;
mod layers;
mod make;
mod record;
mod registry;
