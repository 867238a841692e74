use std::{os::unix::fs::PermissionsExt, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream, UnixListener, UnixStream},
    sync::oneshot,
};

use crate::harness::Harness;

async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.expect("written");
    let mut text = String::new();
    stream.read_to_string(&mut text).await.expect("read");
    text
}

#[tokio::test]
async fn the_network_needs_a_key_and_the_local_socket_is_the_administrator() {
    let harness = Harness::new().await;
    let tcp = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = tcp.local_addr().expect("an address");
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("yagura.sock");
    let unix = UnixListener::bind(&path).expect("a socket");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("set");
    let (stop_tcp, stopped_tcp) = oneshot::channel::<()>();
    let (stop_unix, stopped_unix) = oneshot::channel::<()>();
    let over_tcp =
        tokio::spawn(yagura_api::serve(tcp, harness.router.clone(), async { drop(stopped_tcp.await) }));
    let over_unix =
        tokio::spawn(yagura_api::serve(unix, harness.router.clone(), async { drop(stopped_unix.await) }));

    let request = format!("GET /v1/session HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    let answer = exchange(TcpStream::connect(address).await.expect("connected"), &request).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");

    // Whatever name a program gives the socket is fine.
    let request = "GET /v1/session HTTP/1.1\r\nhost: yagura\r\nconnection: close\r\n\r\n";
    let answer = exchange(UnixStream::connect(&path).await.expect("connected"), request).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(r#""name":"local""#), "{answer}");
    // A wrong token is refused there as well.
    let request =
        "GET /v1/session HTTP/1.1\r\nhost: yagura\r\nauthorization: Bearer x\r\nconnection: close\r\n\r\n";
    let answer = exchange(UnixStream::connect(&path).await.expect("connected"), request).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");

    // An open stream does not hold up the end for long.
    let mut stream = UnixStream::connect(&path).await.expect("connected");
    stream.write_all(b"GET /v1/stream HTTP/1.1\r\nhost: yagura\r\n\r\n").await.expect("written");
    let mut start = [0; 15];
    stream.read_exact(&mut start).await.expect("read");
    assert_eq!(&start, b"HTTP/1.1 200 OK");
    stop_tcp.send(()).expect("still running");
    stop_unix.send(()).expect("still running");
    tokio::time::timeout(Duration::from_secs(10), async { (over_tcp.await, over_unix.await) })
        .await
        .expect("ended in time")
        .0
        .expect("no panic");
}

#[tokio::test]
async fn who_sends_no_head_is_hung_up_on() {
    let harness = Harness::new().await;
    let tcp = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = tcp.local_addr().expect("an address");
    let server = tokio::spawn(yagura_api::serve(tcp, harness.router.clone(), std::future::pending()));
    let mut slow = TcpStream::connect(address).await.expect("connected");
    slow.write_all(b"GET /healthz HTTP/1.1\r\n").await.expect("written");
    let mut rest = Vec::new();
    let hung_up = tokio::time::timeout(Duration::from_secs(15), slow.read_to_end(&mut rest)).await;
    assert!(hung_up.is_ok(), "still connected");
    server.abort();
}

#[tokio::test]
async fn a_failed_sign_in_is_remembered_with_its_address() {
    let harness = Harness::new().await;
    let tcp = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = tcp.local_addr().expect("an address");
    let server = tokio::spawn(yagura_api::serve(tcp, harness.router.clone(), std::future::pending()));
    let body = r#"{"name":"eve","password":"a wrong password"}"#;
    let request = format!(
        "POST /v1/session HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    );
    let answer = exchange(TcpStream::connect(address).await.expect("connected"), &request).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    let entry = harness.state.audit_list(None, 1).await.expect("listed").remove(0);
    assert_eq!((entry.actor.as_str(), entry.address.as_deref()), ("eve", Some("127.0.0.1")));
    server.abort();
}
