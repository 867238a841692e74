//! Responses to findings. For now webhooks: who is told, in the form they understand, signed, sent again until they take
//! it or it is given up.
//!
//! What is to be sent lies in `yagura-state`, written in the transaction that wrote the finding: a server that is killed
//! sends it after its next start. So a finding is told at least once, and each delivery carries an id by which the other
//! side tells a repetition.
//!
//! Entry points: [`dispatch`] sends what is due until it is told to stop, [`send_test`] tries one webhook now. Decides
//! nothing: which findings there are and who is told is written elsewhere.
//!
//! INVARIANT: an answer is read up to a few bytes only, redirections are not followed, and the secret of a webhook never
//! stands in a log, an error or an answer.

mod dispatch;
mod limits;
mod message;
mod send;
mod sign;

pub use dispatch::{Sender, dispatch, send_test};
pub use message::{Told, message};
pub use send::SendError;
pub use sign::signature;
