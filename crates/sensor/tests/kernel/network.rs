//! Sockets that carry no connection, and questions to name servers.

use std::collections::BTreeSet;

use yagura_event::{ArgName, Event, EventKind, FdKind, Socket};

use super::{Seen, alone, python, run, seen, text};

fn ends(event: &Event) -> Socket {
    event.fd.as_ref().and_then(|fd| fd.socket.clone()).expect("a socket")
}

fn wait_for_end(seen: &Seen, pid: u32) {
    seen.find("its end", |event| event.kind == EventKind::ProcExit && event.process.pid == pid);
}

fn of(seen: &Seen, pid: u32, kind: EventKind) -> Vec<Event> {
    let events = seen.events.lock().expect("not poisoned");
    events.iter().filter(|event| event.process.pid == pid && event.kind == kind).cloned().collect()
}

#[test]
fn raw_and_packet_sockets_and_refused_binds_are_told() {
    let test = "raw_and_packet_sockets_and_refused_binds_are_told";
    let Some(seen) = seen(test) else { return };
    let script = "import socket,os\nsocket.socket(socket.AF_INET,socket.SOCK_RAW,1)\n\
        p=socket.socket(socket.AF_PACKET,socket.SOCK_RAW,socket.ntohs(3)); p.bind(('lo',0))\n\
        s=socket.socket(); s.bind(('127.0.0.1',0)); t=socket.socket()\n\
        try: t.bind(s.getsockname())\nexcept OSError: pass\n\
        os.setuid(65534)\n\
        try: socket.socket(socket.AF_PACKET,socket.SOCK_RAW,0)\nexcept OSError: pass\n";
    let Some(pid) = python(test, script) else { return };
    wait_for_end(&seen, pid);
    let sockets = of(&seen, pid, EventKind::Socket);
    let is = |event: &Event, domain: &str, kind: &str| {
        text(event, ArgName::Domain) == domain && text(event, ArgName::Type).starts_with(kind)
    };
    assert!(sockets.iter().any(|event| is(event, "AF_INET", "SOCK_RAW") && event.succeeded()));
    let packet = sockets.iter().find(|event| is(event, "AF_PACKET", "SOCK_RAW") && event.succeeded());
    assert_eq!(packet.and_then(|event| Some(event.fd.as_ref()?.kind)), Some(FdKind::Packet));
    assert!(sockets.iter().any(|event| is(event, "AF_PACKET", "SOCK_RAW") && event.result == -1));
    let binds = of(&seen, pid, EventKind::Bind);
    assert!(binds.iter().any(|event| event.fd.as_ref().is_some_and(|fd| fd.kind == FdKind::Packet)));
    assert!(binds.iter().any(|event| event.result == -98 && ends(event).local.is_some()), "{binds:?}");
}

#[test]
fn datagrams_from_new_senders_are_told_once() {
    let test = "datagrams_from_new_senders_are_told_once";
    let Some(seen) = seen(test) else { return };
    let script = "import socket\nr=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); r.bind(('127.0.0.1',0)); to=r.getsockname()\n\
        a,b=[socket.socket(socket.AF_INET,socket.SOCK_DGRAM) for i in 'ab']\n\
        for i in range(50):\n a.sendto(b'x',to); r.recvfrom(9); b.sendmsg([b'y'],[],0,to); r.recvmsg(9)\n";
    let Some(pid) = python(test, script) else { return };
    wait_for_end(&seen, pid);
    let received = [of(&seen, pid, EventKind::Recvfrom), of(&seen, pid, EventKind::Recvmsg)];
    for (events, sends) in received.iter().zip([EventKind::Sendto, EventKind::Sendmsg]) {
        assert_eq!(events.len(), 1, "{events:?}");
        let (got, sent) = (ends(&events[0]), of(&seen, pid, sends));
        assert_eq!(sent.len(), 1, "{sent:?}");
        // Where the sender has no address of its own yet, the kernel has chosen only its port.
        assert_eq!(got.remote.map(|end| end.port()), ends(&sent[0]).local.map(|end| end.port()));
        assert!(got.name_changed && !got.connected);
        assert_eq!(got.protocol.name(), "udp");
    }
}

#[test]
fn answers_to_datagrams_are_not_told_as_beginnings() {
    let test = "answers_to_datagrams_are_not_told_as_beginnings";
    let Some(seen) = seen(test) else { return };
    let script = "import socket\nserver,client=[socket.socket(socket.AF_INET,socket.SOCK_DGRAM) for i in 'ab']\n\
        server.bind(('127.0.0.1',0)); client.bind(('127.0.0.1',0)); client.sendto(b'ask',server.getsockname())\n\
        _,who=server.recvfrom(9); server.sendto(b'answer',who); client.recvfrom(9)\n";
    let Some(pid) = python(test, script) else { return };
    wait_for_end(&seen, pid);
    let (sent, received) = (of(&seen, pid, EventKind::Sendto), of(&seen, pid, EventKind::Recvfrom));
    assert_eq!((sent.len(), received.len()), (1, 1), "{sent:?} {received:?}");
    assert_eq!(ends(&sent[0]).server(), ends(&received[0]).server());
    assert_eq!(ends(&sent[0]).client(), ends(&received[0]).client());
}

#[test]
fn many_messages_in_one_call_are_told_one_by_one() {
    let test = "many_messages_in_one_call_are_told_one_by_one";
    let Some(seen) = seen(test) else { return };
    let script = "import ctypes,socket,struct\nc=ctypes.CDLL(None); k=[]\n\
        def at(b):\n x=ctypes.create_string_buffer(bytes(b),len(b)); k.append(x); return ctypes.addressof(x)\n\
        def message(port): return struct.pack('<QIIQQQQII4xI',at(struct.pack('<H',2)+struct.pack('>H',port)+bytes([127,0,0,1])+bytes(8)),16,0,at(struct.pack('<QQ',at(b'hello'),5)),1,0,0,0,0,0)[:64]\n\
        r=[socket.socket(socket.AF_INET,socket.SOCK_DGRAM) for i in range(3)]; [x.bind(('127.0.0.1',0)) for x in r]\n\
        s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\n\
        m=b''.join(message(x.getsockname()[1]) for x in r)\n\
        n=c.syscall(307,s.fileno(),ctypes.c_void_p(at(m)),3,0); print(n)\n\
        r[0].settimeout(5); r[0].recv(9, socket.MSG_PEEK)\n\
        m=message(1)*2; c.syscall(299,r[0].fileno(),ctypes.c_void_p(at(m)),2,0x40,None)\n";
    let Some(pid) = python(test, script) else { return };
    wait_for_end(&seen, pid);
    let sent = of(&seen, pid, EventKind::Sendmmsg);
    let ports: BTreeSet<u16> = sent.iter().filter_map(|event| Some(ends(event).remote?.port())).collect();
    assert_eq!((sent.len(), ports.len()), (3, 3), "{sent:?}");
    assert!(sent.iter().all(|event| event.result == 5));
    let received = of(&seen, pid, EventKind::Recvmmsg);
    assert_eq!(received.len(), 1, "{received:?}");
}

#[test]
fn questions_to_name_servers_are_told_however_they_are_sent() {
    let test = "questions_to_name_servers_are_told_however_they_are_sent";
    let Some(seen) = seen(test) else { return };
    let script = "import socket,os,ctypes,struct\n\
        def q(name,kind): return b'\\x12\\x34\\x01\\0\\0\\x01\\0\\0\\0\\0\\0\\0'+b''.join(bytes([len(x)])+x.encode() for x in name.split('.'))+b'\\0'+struct.pack('>HH',kind,1)\n\
        s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); to=('127.0.0.1',53)\n\
        s.sendto(q('to.example.org',1),to); s.sendto(q('again.example.org',28),to); s.sendmsg([q('msg.example.org',16)],[],0,to)\n\
        for i in range(4):\n  t=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); t.connect(to)\n  f=t.fileno()\n  [lambda: t.send(q('send.example.org',1)), lambda: os.write(f,q('write.example.org',1)), lambda: os.writev(f,[q('Writev.Example.org',1)]), lambda: t.send(b'no question')][i]()\n\
        s.sendto(q('elsewhere.example.org',1),('127.0.0.1',5353))\n";
    let Some(pid) = python(test, script) else { return };
    wait_for_end(&seen, pid);
    let told = of(&seen, pid, EventKind::DnsQuery);
    let names: Vec<String> = told.iter().map(|event| text(event, ArgName::Query)).collect();
    let expected = ["to", "again", "msg", "send", "write", "writev"];
    assert_eq!(names, expected.map(|name| format!("{name}.example.org")));
    let types: Vec<String> = told.iter().map(|event| text(event, ArgName::Qtype)).collect();
    assert_eq!(types, ["A", "AAAA", "TXT", "A", "A", "A"]);
    assert!(told.iter().all(|event| ends(event).remote.is_some_and(|end| end.port() == 53)));
}

#[test]
fn first_bytes_come_along_only_where_they_are_wanted() {
    let test = "first_bytes_come_along_only_where_they_are_wanted";
    let Some(seen) = alone(test) else { return };
    let script = "import socket\nl=socket.socket(); l.bind(('127.0.0.1',0)); l.listen()\n\
        c=socket.socket(); c.connect(l.getsockname()); s,_=l.accept(); s.send(b'\\xca\\xfe\\xba\\xbe'+b'z'*5000)\n\
        n=0\nwhile n<5004: n+=len(c.recv(5004))\n";
    let Some(pid) = python(test, script) else { return };
    wait_for_end(&seen, pid);
    assert_eq!(of(&seen, pid, EventKind::Recvfrom).len(), 0);
    seen.handle.set_data(&[EventKind::Recvfrom].into()).expect("the kernel agrees");
    let pid = python(test, script).expect("it was there before");
    seen.handle.set_data(&BTreeSet::new()).expect("the kernel agrees");
    wait_for_end(&seen, pid);
    let event = of(&seen, pid, EventKind::Recvfrom).into_iter().next().expect("the first read");
    let data = event.data.as_deref().expect("its bytes");
    assert!(data.starts_with(b"\xca\xfe\xba\xbez"), "{data:?}");
    assert!(data.len() <= 512);
    run("true", &[]);
}
