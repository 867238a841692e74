//! [`serve`]: connections, their number, their patience, and how they end.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, UnixListener},
    sync::{Semaphore, watch},
    task::JoinSet,
};
use tower::ServiceExt;

use crate::limits::{CONNECTIONS_MAX, HEAD_TIME_MAX};

/// How long open requests may go on once stopping was asked for. Live streams end only by this.
const PATIENCE: Duration = Duration::from_secs(3);
/// After a failed accept (no descriptors left) nothing is gained by trying again at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Where a request came from. Requests that carry none came through no listener of ours and count as foreign.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Peer {
    /// Over the network.
    Network(SocketAddr),
    /// Over the local socket, whose file mode says who may.
    Local,
}

/// Something that connections come in by.
#[derive(Debug)]
pub enum Listener {
    /// Network: callers show a session or an API token.
    Tcp(TcpListener),
    /// Local socket: callers are the administrator `local`. Whoever makes the socket gives it mode 0600.
    Unix(UnixListener),
}

impl From<TcpListener> for Listener {
    fn from(listener: TcpListener) -> Self {
        Self::Tcp(listener)
    }
}

impl From<UnixListener> for Listener {
    fn from(listener: UnixListener) -> Self {
        Self::Unix(listener)
    }
}

/// Answers what comes in until `shutdown` completes, then lets open requests finish for 3 s.
///
/// At most 512 connections are open at once; further ones wait in the system's queue. HTTP/1.1 only.
pub async fn serve(listener: impl Into<Listener>, router: Router, shutdown: impl Future<Output = ()>) {
    let listener = listener.into();
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let (stop, stopping) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            accepted = accept(&listener, &places) => accepted,
        };
        let (stream, peer, place) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let (router, stopping) = (router.clone(), stopping.clone());
        connections.spawn(async move {
            let _place = place;
            connection(stream, peer, router, stopping).await;
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    stop.send_replace(true);
    let all_ended = async { while connections.join_next().await.is_some() {} };
    // What is left is aborted when the set is dropped.
    let _ = tokio::time::timeout(PATIENCE, all_ended).await;
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

type Accepted = (Box<dyn Stream>, Peer, tokio::sync::OwnedSemaphorePermit);

async fn accept(listener: &Listener, places: &Arc<Semaphore>) -> std::io::Result<Accepted> {
    let place = Arc::clone(places).acquire_owned().await.map_err(std::io::Error::other)?;
    Ok(match listener {
        Listener::Tcp(listener) => {
            let (stream, address) = listener.accept().await?;
            stream.set_nodelay(true)?;
            (Box::new(stream), Peer::Network(address), place)
        }
        Listener::Unix(listener) => {
            let (stream, _) = listener.accept().await?;
            (Box::new(stream), Peer::Local, place)
        }
    })
}

async fn connection(
    stream: Box<dyn Stream>,
    peer: Peer,
    router: Router,
    mut stopping: watch::Receiver<bool>,
) {
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(peer);
        let request: Request = request.map(axum::body::Body::new);
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME_MAX)
        .max_buf_size(64 << 10)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    // The borrowed value that waiting yields must not live across the next await.
    let stopped = async { drop(stopping.wait_for(|stop| *stop).await) };
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stopped => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    // Clients that go away are no news.
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
