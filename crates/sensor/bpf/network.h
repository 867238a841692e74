/* Sockets: connections, datagrams to and from new peers, questions to name servers. */
#pragma once
#include "call.h"

#define MSG_FASTOPEN 0x20000000
#define SOCK_DGRAM 2
#define SOCK_RAW 3
#define DNS_PORT 53
#define MESSAGES_MAX 16

/* A datagram's way, told once: the socket by its inode, because addresses of sockets are used again, and whose it is. */
struct peer {
	__u64 socket, start;
	__u16 family, port;
	__u32 way;
	__u8 address[16];
};
enum { WAY_SENT, WAY_FAILED, WAY_RECEIVED };
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct peer);
	__type(value, __u8);
} peers SEC(".maps");

static __always_inline struct sock *sock_of(struct file *file)
{
	if ((BPF_CORE_READ(file, f_inode, i_mode) & 0170000) != 0140000)
		return 0;
	struct socket *socket = BPF_CORE_READ(file, private_data);
	return BPF_CORE_READ(socket, sk);
}

/* True where the socket is connected to a name server's port, with datagrams. */
static __always_inline bool asks_name_server(__u64 file_address)
{
	struct sock *sk = sock_of((void *)file_address);
	if (!sk)
		return false;
	return BPF_CORE_READ(sk, sk_type) == SOCK_DGRAM &&
	       bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport)) == DNS_PORT;
}

/* True the first time that this process sends from this socket to this address, or receives from it. An answer is not
 * told: who sent first, and to whom, was. */
static __always_inline bool is_new_peer(struct scratch *s, struct file *file, __u32 way)
{
	struct { __u16 family, port; __u8 rest[24]; } to = {};
	struct peer key = {};
	__u64 address = s->message.name;
	if (bpf_probe_read_user(&to, 8, (void *)address))
		return true;
	key.socket = BPF_CORE_READ(file, f_inode, i_ino);
	key.start = s->head.start;
	key.family = to.family;
	key.port = to.port;
	key.way = way;
	if (to.family == 2)
		__builtin_memcpy(key.address, to.rest, 4);
	else if (to.family != 10 || bpf_probe_read_user(key.address, 16, (void *)(address + 8)))
		return true;
	__u8 seen = 1;
	if (bpf_map_lookup_elem(&peers, &key))
		return false;
	key.way = way == WAY_RECEIVED ? WAY_SENT : WAY_RECEIVED;
	if (bpf_map_lookup_elem(&peers, &key))
		return false;
	key.way = way;
	bpf_map_update_elem(&peers, &key, &seen, BPF_ANY);
	return true;
}

/* A question to a name server, with the first bytes of the datagram. They are read from the sender's memory after it
 * was sent: a sender that wants to can have changed them. */
__noinline int tell_question(struct scratch *s, __u64 file)
{
	if (!s)
		return 0;
	__u32 class = s->head.class;
	__u32 off = put_socket_at(s, 0, file);
	if (s->message.name_bytes)
		off = put_user(s, off, TAG_SOCKADDR, s->message.name, s->message.name_bytes & 127);
	__u64 length = s->message.data_bytes;
	off = put_user(s, off, TAG_DATA, s->message.data, length < PAYLOAD_MAX ? length : PAYLOAD_MAX);
	s->head.class = CLASS_DNS;
	send(s, off, GROUP_NETWORK);
	s->head.class = class;
	return 0;
}

static __always_inline bool is_dns_message(struct scratch *s, __u64 file)
{
	__be16 port = 0;
	if (!s->message.name)
		return asks_name_server(file);
	bpf_probe_read_user(&port, 2, (void *)(s->message.name + 2));
	struct sock *sk = sock_of((void *)file);
	return sk && bpf_ntohs(port) == DNS_PORT && BPF_CORE_READ(sk, sk_type) == SOCK_DGRAM;
}

/* One message that was sent. Streams were told at connect: only datagrams that name their receiver are told, each way
 * once, and what connects while it sends (TCP Fast Open). */
__noinline int tell_sent(struct scratch *s, __u64 file_address, __u32 wish_flags, __u32 message_flags)
{
	struct file *file = (void *)file_address;
	if (!s)
		return 0;
	if ((wish_flags & WISH_DNS) && is_dns_message(s, file_address))
		tell_question(s, file_address);
	if (wish_flags & WISH_QUIET)
		return 0;
	bool has_data = wish_flags & WISH_DATA;
	bool is_named = s->message.name && s->message.name_bytes >= 8;
	if (!is_named && !has_data)
		return 0;
	__u32 off = put_socket_at(s, 0, file_address);
	__u16 type = s->data[4 + 2];
	bool connects = message_flags & MSG_FASTOPEN;
	if (!off)
		return 0;
	if (!has_data && type != SOCK_DGRAM && type != SOCK_RAW && !connects)
		return 0;
	if (!has_data && !connects && !is_new_peer(s, file, s->head.result < 0 ? WAY_FAILED : WAY_SENT))
		return 0;
	if (is_named && s->message.name_bytes <= 128)
		off = put_user(s, off, TAG_SOCKADDR, s->message.name, s->message.name_bytes);
	if (has_data) {
		__u64 length = s->message.data_bytes;
		off = put_user(s, off, TAG_DATA, s->message.data, length < PAYLOAD_MAX ? length : PAYLOAD_MAX);
	}
	return send(s, off, GROUP_NETWORK);
}

/* One message that was received: a datagram whose sender is told, each way once; or its first bytes, where wanted. The
 * sender's address was written into the receiver's memory and is read from there. */
__noinline int tell_received(struct scratch *s, __u64 file_address, __u32 wish_flags)
{
	struct file *file = (void *)file_address;
	if (!s)
		return 0;
	bool has_data = wish_flags & WISH_DATA;
	bool is_named = s->message.name && s->message.name_bytes >= 8;
	if (!is_named && !has_data)
		return 0;
	__u32 off = put_socket_at(s, 0, file_address);
	__u16 type = s->data[4 + 2];
	if (!off)
		return 0;
	if (!has_data && type != SOCK_DGRAM && type != SOCK_RAW)
		return 0;
	if (!has_data && !is_new_peer(s, file, WAY_RECEIVED))
		return 0;
	if (is_named && s->message.name_bytes <= 128)
		off = put_user(s, off, TAG_SOCKADDR, s->message.name, s->message.name_bytes);
	if (has_data) {
		__u64 length = s->message.data_bytes;
		off = put_user(s, off, TAG_DATA, s->message.data, length < PAYLOAD_MAX ? length : PAYLOAD_MAX);
	}
	return send(s, off, GROUP_NETWORK);
}

/* struct msghdr: name, its length, vectors, their count. The first vector's bytes are taken for the message's. */
static __always_inline void read_message(struct scratch *s, __u64 address, bool compat)
{
	struct message m = {};
	if (compat) {
		struct { __u32 name, name_bytes, vectors, count; } header = {};
		__u32 vector[2] = {};
		bpf_probe_read_user(&header, sizeof(header), (void *)address);
		if (header.count)
			bpf_probe_read_user(vector, sizeof(vector), (void *)(__u64)header.vectors);
		m.name = header.name;
		m.name_bytes = header.name_bytes;
		m.data = vector[0];
		m.data_bytes = vector[1];
	} else {
		struct { __u64 name; __u32 name_bytes, unused; __u64 vectors, count; } header = {};
		__u64 vector[2] = {};
		bpf_probe_read_user(&header, sizeof(header), (void *)address);
		if (header.count)
			bpf_probe_read_user(vector, sizeof(vector), (void *)header.vectors);
		m.name = header.name;
		m.name_bytes = header.name_bytes;
		m.data = vector[0];
		m.data_bytes = vector[1] < PAYLOAD_MAX ? vector[1] : PAYLOAD_MAX;
	}
	s->message = m;
}

/* socket, connect, bind, listen, accept */
SEC("tp_btf/sys_exit")
int BPF_PROG(call_socket, struct pt_regs *regs, long result)
{
	BEGIN
	fill_call(s, task, result);
	bool made = call == 43 || call == 288 || call == 41;
	int fd = made ? (int)result : (int)args[0];
	struct file *file = file_of(task, fd);
	off = put_socket_at(s, off, (__u64)file);
	if ((call == 42 || call == 49) && args[2] <= 128) /* connect, bind */
		off = put_user(s, off, TAG_SOCKADDR, args[1], args[2]);
	return send(s, off, wish->group);
}

#define SENDTO 44
#define SENDMMSG 307
#define RECVFROM 45
#define RECVMMSG 299

/* sendto(fd, data, length, flags, address, its length), sendmsg(fd, message, flags), sendmmsg(fd, messages, count, flags) */
SEC("tp_btf/sys_exit")
int BPF_PROG(call_send, struct pt_regs *regs, long result)
{
	BEGIN
	(void)off;
	__u64 file = (__u64)file_of(task, args[0]);
	/* Before anything costs much: a stream's bytes are wanted by nobody but WISH_DATA. */
	if (call == SENDTO && !args[4] && !(wish->flags & WISH_DATA) &&
	    !((wish->flags & WISH_DNS) && asks_name_server(file)))
		return 0;
	fill_call(s, task, result);
	__u32 flags = wish->flags;
	if (call == SENDTO) {
		s->message.name = args[4];
		s->message.name_bytes = args[5];
		s->message.data = args[1];
		s->message.data_bytes = args[2] < PAYLOAD_MAX ? args[2] : PAYLOAD_MAX;
		tell_sent(s, file, flags, args[3]);
		return 0;
	}
	bool compat = is_compat();
	if (call != SENDMMSG) {
		read_message(s, args[1], compat);
		tell_sent(s, file, flags, args[2]);
		return 0;
	}
	/* struct mmsghdr: a msghdr and how many bytes of it were sent */
	for (int i = 0; i < MESSAGES_MAX; i++) {
		if (i > 0 && i >= result)
			break;
		__u64 at = args[1] + i * (compat ? 32 : 64);
		__u32 sent = 0;
		read_message(s, at, compat);
		bpf_probe_read_user(&sent, 4, (void *)(at + (compat ? 28 : 56)));
		if (result >= 0)
			s->head.result = sent;
		tell_sent(s, file, flags, args[3]);
	}
	return 0;
}

/* recvfrom(fd, buffer, length, flags, address, its length), recvmsg(fd, message, flags), recvmmsg(fd, messages, count, …) */
SEC("tp_btf/sys_exit")
int BPF_PROG(call_receive, struct pt_regs *regs, long result)
{
	BEGIN
	(void)off;
	/* that nothing is there yet is no news */
	if (result < 0)
		return 0;
	__u32 flags = wish->flags;
	if (call == RECVFROM && !args[4] && !(flags & WISH_DATA))
		return 0;
	__u64 file = (__u64)file_of(task, args[0]);
	fill_call(s, task, result);
	bool compat = is_compat();
	if (call == RECVFROM) {
		__u32 length = 0;
		if (args[5])
			bpf_probe_read_user(&length, 4, (void *)args[5]);
		s->message.name = args[4];
		s->message.name_bytes = length;
		s->message.data = args[1];
		s->message.data_bytes = result < PAYLOAD_MAX ? result : PAYLOAD_MAX;
		tell_received(s, file, flags);
		return 0;
	}
	if (call != RECVMMSG) {
		read_message(s, args[1], compat);
		if (s->message.data_bytes > result)
			s->message.data_bytes = result;
		tell_received(s, file, flags);
		return 0;
	}
	for (int i = 0; i < MESSAGES_MAX; i++) {
		if (i >= result)
			break;
		__u64 at = args[1] + i * (compat ? 32 : 64);
		__u32 received = 0;
		read_message(s, at, compat);
		bpf_probe_read_user(&received, 4, (void *)(at + (compat ? 28 : 56)));
		s->head.result = received;
		if (s->message.data_bytes > received)
			s->message.data_bytes = received;
		tell_received(s, file, flags);
	}
	return 0;
}
