//! Swift and Objective-C: Swift packages and CocoaPods.

pub(crate) mod package_resolved;
pub(crate) mod podfile;
