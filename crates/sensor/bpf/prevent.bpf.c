/* Decides in the kernel, from what is exact there: kills a program before its first instruction, refuses a connection.
 *
 * User space compiles conditions to conjunctions over numbered tests. Here each text, number and address that some test
 * asks for is looked up once; the look-up gives the bits of all tests that hold. A conjunction is two sets of bits: those
 * that must be set and those that must not. Where a value is not whole here (an argument list that is too long), its
 * tests are unknown and no conjunction that needs them holds. Nothing waits for user space.
 */
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

char LICENSE[] SEC("license") = "GPL";

#define WORDS 8
#define TEXT_MAX 240
#define ARGS_MAX 4096
#define PATH_ROOM 1024
#define PATH_END (PATH_ROOM / 2 + 256)
#define COMPONENTS_MAX 40
#define ALTERNATIVES 768
#define STATES 8192
#define SLOTS 32
#define HOOK_EXEC 0
#define HOOK_CONNECT 1
#define SIGKILL 9
#define TMPFS_MAGIC 0x01021994
#define OVERLAY_MAGIC 0x794c7630

enum { BPF_MAP_TYPE_LPM_TRIE = 11 };
enum { BPF_F_NO_PREALLOC = 1 };

/* What can be asked for. Texts first; the numbers are those of Rust's `Slot`. */
enum slot {
	NAME = 0,
	PARENT_NAME = 1,
	EXE = 2,
	PARENT_EXE = 3,
	ARGS = 4,
	CMDLINE = 5,
	ANCESTOR_NAME = 6,
	UID = 8,
	TTY = 9,
	MEMFD = 10,
	UPPER = 11,
	LOGINUID = 12,
	PORT = 13,
	PROTOCOL = 14,
	GID = 15,
	ADDRESS = 16,
	FAMILY = 17,
};

struct bits { __u64 word[WORDS]; };
struct text_key { __u32 slot; __u8 text[TEXT_MAX]; };
struct prefix_key { __u32 length; __u32 slot; __u8 text[TEXT_MAX]; };
struct address_key { __u32 length; __u8 address[16]; };
struct file_key { __u64 inode; __u64 device; };
struct state { __u16 next[256]; struct bits found; struct bits found_at_end; };
struct alternative { struct bits set; struct bits clear; __u32 rule; __u32 dry; };
struct table { __u32 count; __u32 slots; struct alternative list[ALTERNATIVES]; };
/* of each slot: its tests, and where its automaton begins (0: it has none) */
struct slot_facts { struct bits tests; __u32 automaton; __u32 unused; };

struct verdict {
	__u64 time;
	__u32 rule, hook, pid, tid, ppid, uid, family, dry;
	__s32 failed;
	__u16 port, path_bytes, args_bytes;
	__u8 protocol, unused;
	__u8 address[16];
	__u8 name[16];
	__u8 parent_name[16];
	__u8 path[TEXT_MAX];
	__u8 args[TEXT_MAX];
	__u32 unused_end;
};

struct work {
	__u32 busy, id;
	struct bits held, unknown;
	struct text_key text;
	struct prefix_key prefix;
	struct verdict verdict;
	__u32 hook, slots;
	/* the path stands at the end of its room */
	__u32 path_begin;
	__u32 args_begin, args_end, argv_end;
	__u32 args_state, cmdline_state;
	__u8 path[PATH_ROOM];
	/* the first sixteen bytes are room for the name and a blank before the arguments */
	__u8 line[32 + ARGS_MAX + 256];
};

/* Not one a processor: a task may be interrupted by another that decides, too. */
#define WORKS 64
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, WORKS);
	__type(key, __u32);
	__type(value, struct work);
} works SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct text_key);
	__type(value, struct bits);
} texts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix_key);
	__type(value, struct bits);
} prefixes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct address_key);
	__type(value, struct bits);
} addresses SEC(".maps");

/* files that are never touched */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct file_key);
	__type(value, __u32);
} safe SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, STATES);
	__type(key, __u32);
	__type(value, struct state);
} automata SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct table);
} tables SEC(".maps");

/* first those of programs, then those of connections */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2 * SLOTS);
	__type(key, __u32);
	__type(value, struct slot_facts);
} slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} verdicts SEC(".maps");

__u32 self_tgid = 0;
__u32 is_on = 0;
__u64 lost = 0;
/* acts that found no room to be decided in, and went on */
__u64 undecided = 0;

const volatile struct verdict unused_verdict;
const volatile struct bits unused_bits;
const volatile struct table unused_table;
const volatile struct state unused_state;
const volatile struct slot_facts unused_facts;
const volatile struct text_key unused_text;
const volatile struct prefix_key unused_prefix;
const volatile struct address_key unused_address;
const volatile struct file_key unused_file;

struct bpf_sock_addr {
	__u32 user_family;
	__u32 user_ip4;
	__u32 user_ip6[4];
	__u32 user_port;
	__u32 family;
	__u32 type;
	__u32 protocol;
};

static __always_inline struct work *work_of(__u32 id)
{
	id &= WORKS - 1;
	return bpf_map_lookup_elem(&works, &id);
}

static __always_inline void add(struct bits *into, const struct bits *more)
{
	for (int i = 0; i < WORDS; i++)
		into->word[i] |= more->word[i];
}

static __always_inline bool wants(struct work *w, __u32 slot)
{
	return w->slots >> slot & 1;
}

static __always_inline struct slot_facts *facts_of(struct work *w, __u32 slot)
{
	__u32 key = (w->hook & 1) * SLOTS + slot;
	return bpf_map_lookup_elem(&slots, &key);
}

static __always_inline void unknown(struct work *w, __u32 slot)
{
	struct slot_facts *facts = facts_of(w, slot);
	if (facts)
		add(&w->unknown, &facts->tests);
}

static __always_inline void number(struct work *w, __u32 slot, __u64 value)
{
	if (!wants(w, slot))
		return;
	/* hooks do not share tests: each has numbers of its own */
	w->text.slot = (w->hook & 1) * SLOTS + slot;
	__builtin_memset(w->text.text, 0, TEXT_MAX);
	__builtin_memcpy(w->text.text, &value, sizeof(value));
	struct bits *found = bpf_map_lookup_elem(&texts, &w->text);
	if (found)
		add(&w->held, found);
}

/* Where texts stand. */
#define IN_PATH 0
#define IN_LINE 1
#define IN_NAME 2
#define IN_PARENT_NAME 3

/* A text: the tests that equal it and those that begin it. */
__noinline int look_up(__u32 id, __u32 slot, __u32 where, __u32 at, __u32 length)
{
	struct work *w = work_of(id);
	if (!w || slot >= SLOTS)
		return 0;
	void *address = w->verdict.name;
	if (where == IN_PATH)
		address = &w->path[at & (PATH_ROOM - 1)];
	else if (where == IN_LINE)
		address = &w->line[at & (ARGS_MAX - 1)];
	else if (where == IN_PARENT_NAME)
		address = w->verdict.parent_name;
	__u32 have = length < TEXT_MAX ? length : TEXT_MAX;
	w->prefix.slot = w->text.slot = (w->hook & 1) * SLOTS + slot;
	__builtin_memset(w->text.text, 0, TEXT_MAX);
	asm volatile("" : "+r"(have));
	if (have > TEXT_MAX)
		have = TEXT_MAX;
	if (have && bpf_probe_read_kernel(w->text.text, have, address)) {
		unknown(w, slot);
		return 0;
	}
	struct bits *found;
	if (length < TEXT_MAX) {
		found = bpf_map_lookup_elem(&texts, &w->text);
		if (found)
			add(&w->held, found);
	}
	__builtin_memcpy(w->prefix.text, w->text.text, TEXT_MAX);
	w->prefix.length = 32 + have * 8;
	found = bpf_map_lookup_elem(&prefixes, &w->prefix);
	if (found)
		add(&w->held, found);
	return 0;
}

static __always_inline __u32 step(struct work *w, __u32 at, __u8 byte)
{
	at &= STATES - 1;
	struct state *state = bpf_map_lookup_elem(&automata, &at);
	if (!state)
		return 0;
	__u32 next = state->next[byte] & (STATES - 1);
	struct state *reached = bpf_map_lookup_elem(&automata, &next);
	if (reached)
		add(&w->held, &reached->found);
	return next;
}

static __always_inline void finish(struct work *w, __u32 at)
{
	at &= STATES - 1;
	struct state *state = bpf_map_lookup_elem(&automata, &at);
	if (state)
		add(&w->held, &state->found_at_end);
}

static __always_inline __u32 automaton(struct work *w, __u32 slot)
{
	struct slot_facts *facts = facts_of(w, slot);
	return facts ? facts->automaton : 0;
}

struct walk { __u32 id, state, begin; };

static long path_step(__u32 index, struct walk *walk)
{
	struct work *w = work_of(walk->id);
	if (!w)
		return 1;
	__u32 at = walk->begin + index;
	if (at >= PATH_END)
		return 1;
	walk->state = step(w, walk->state, w->path[at & (PATH_ROOM - 1)]);
	return 0;
}

enum { PATH_GOES_ON, PATH_WHOLE, PATH_TOO_LONG };

struct path_walk { __u64 dentry, mount, root; __u32 id, at, state; };

static long component_step(__u32 index, struct path_walk *walk)
{
	struct work *w = work_of(walk->id);
	if (!w)
		return 1;
	struct dentry *dentry = (void *)walk->dentry, *root = (void *)walk->root;
	struct mount *mount = (void *)walk->mount;
	struct dentry *parent = BPF_CORE_READ(dentry, d_parent);
	bool is_last = false;
	if (dentry == root) {
		struct mount *above = mount ? BPF_CORE_READ(mount, mnt_parent) : 0;
		if (!mount || above == mount) {
			walk->state = PATH_WHOLE;
			return 1;
		}
		walk->dentry = (__u64)BPF_CORE_READ(mount, mnt_mountpoint);
		walk->mount = (__u64)above;
		walk->root = (__u64)BPF_CORE_READ(above, mnt.mnt_root);
		return 0;
	}
	/* no directory holds it: a memfd, a removed mount */
	if (dentry == parent)
		is_last = true;
	__u32 length = BPF_CORE_READ(dentry, d_name.len) & 0xff, at = walk->at;
	if (is_last && length <= 1) {
		walk->state = PATH_WHOLE;
		return 1;
	}
	if (at > PATH_END || at < 256 + length) {
		walk->state = PATH_TOO_LONG;
		return 1;
	}
	at -= length;
	asm volatile("" : "+r"(at));
	if (at < 1 || at >= PATH_END)
		return 1;
	bpf_probe_read_kernel(&w->path[at], length, BPF_CORE_READ(dentry, d_name.name));
	at -= 1;
	/* older verifiers forget that there was room for one more */
	asm volatile("" : "+r"(at));
	if (at >= PATH_END)
		return 1;
	w->path[at] = '/';
	walk->at = at;
	walk->dentry = (__u64)parent;
	if (is_last)
		walk->state = PATH_WHOLE;
	return is_last;
}

/* A path as the kernel knows it, at the end of its room; false where it is too deep or too long. */
static __always_inline bool build_path(struct work *w, struct file *file)
{
	struct vfsmount *vfs = BPF_CORE_READ(file, f_path.mnt);
	struct path_walk walk = {
		.id = w->id,
		.at = PATH_END,
		.dentry = (__u64)BPF_CORE_READ(file, f_path.dentry),
		.mount = vfs ? (__u64)vfs - bpf_core_field_offset(struct mount, mnt) : 0,
		.root = vfs ? (__u64)BPF_CORE_READ(vfs, mnt_root) : 0,
	};
	bpf_loop(COMPONENTS_MAX, component_step, &walk, 0);
	w->path_begin = walk.at;
	return walk.state == PATH_WHOLE && walk.at < PATH_END;
}

/* The path of a file that a process runs. */
__noinline int put_exe(__u32 id, __u32 slot, __u64 file_address)
{
	struct work *w = work_of(id);
	if (!w || slot >= SLOTS)
		return 0;
	const __u32 end = PATH_END;
	if (!file_address || !build_path(w, (struct file *)file_address)) {
		unknown(w, slot);
		return 0;
	}
	__u32 begin = w->path_begin;
	if (begin >= end || begin < 256) {
		unknown(w, slot);
		return 0;
	}
	__u32 length = end - begin;
	if (slot == EXE) {
		__u32 have = length < TEXT_MAX ? length : TEXT_MAX;
		w->verdict.path_bytes = have;
		bpf_probe_read_kernel(w->verdict.path, have, &w->path[begin & (PATH_ROOM - 1)]);
	}
	look_up(id, slot, IN_PATH, begin, length);
	struct walk walk = { .id = id, .begin = begin, .state = automaton(w, slot) };
	if (walk.state) {
		bpf_loop(length, path_step, &walk, 0);
		finish(w, walk.state);
	}
	return 0;
}

struct text_walk { __u32 id, state; __u8 text[16]; };

static long name_step(__u32 index, struct text_walk *walk)
{
	struct work *w = work_of(walk->id);
	__u8 byte = walk->text[index & 15];
	if (!w || !byte)
		return 1;
	walk->state = step(w, walk->state, byte);
	return 0;
}

/* A name of at most fifteen bytes. */
__noinline int put_name(__u32 id, __u32 slot)
{
	struct work *w = work_of(id);
	if (!w || slot >= SLOTS)
		return 0;
	struct text_walk walk = { .id = id, .state = automaton(w, slot) };
	void *address = slot == NAME ? w->verdict.name : w->verdict.parent_name;
	long length = bpf_probe_read_kernel_str(walk.text, sizeof(walk.text), address);
	if (length <= 0) {
		unknown(w, slot);
		return 0;
	}
	look_up(id, slot, slot == NAME ? IN_NAME : IN_PARENT_NAME, 0, length - 1);
	if (walk.state) {
		bpf_loop(16, name_step, &walk, 0);
		finish(w, walk.state);
	}
	return 0;
}

/* The arguments stand from here on in `line`; name and blank are put right before the second one. */
#define LINE_ARGV 32

static long args_step(__u32 index, __u32 *id)
{
	struct work *w = work_of(*id);
	if (!w || index >= ARGS_MAX)
		return 1;
	__u32 at = LINE_ARGV + index;
	__u8 byte = w->line[at];
	if (!w->args_begin) {
		/* still in the first argument */
		if (!byte)
			w->args_begin = at + 1;
		return 0;
	}
	if (!byte) {
		byte = ' ';
		w->line[at] = byte;
	}
	if (w->args_state)
		w->args_state = step(w, w->args_state, byte);
	if (w->cmdline_state)
		w->cmdline_state = step(w, w->cmdline_state, byte);
	return 0;
}

struct line_walk { __u32 id, begin; };

static long line_name_step(__u32 index, struct line_walk *walk)
{
	struct work *w = work_of(walk->id);
	__u8 byte = w ? w->verdict.name[index & 15] : 0;
	if (!byte)
		return 1;
	w->cmdline_state = step(w, w->cmdline_state, byte);
	return 0;
}

/* The argument list of a program that begins, and the command line: its name and all arguments but the first. */
__noinline int put_args(__u32 id, __u64 begin, __u64 end)
{
	struct work *w = work_of(id);
	if (!w)
		return 0;
	__u64 size = end - begin;
	if (end <= begin || size >= ARGS_MAX) {
		unknown(w, ARGS);
		unknown(w, CMDLINE);
		return 0;
	}
	__u32 length = size & (ARGS_MAX - 1);
	if (bpf_probe_read_user(&w->line[LINE_ARGV], length, (void *)begin)) {
		unknown(w, ARGS);
		unknown(w, CMDLINE);
		return 0;
	}
	/* the last one's zero byte is not told */
	__u32 last = (LINE_ARGV + length - 1) & 0x1fff;
	if (length && last < LINE_ARGV + ARGS_MAX && !w->line[last])
		length -= 1;
	w->args_begin = 0;
	w->args_state = automaton(w, ARGS);
	w->cmdline_state = automaton(w, CMDLINE);
	/* whether there are further arguments: the first one ends before the list does */
	__u32 first = bpf_probe_read_kernel_str(&w->text.text, TEXT_MAX, &w->line[LINE_ARGV]);
	if (first >= TEXT_MAX) {
		unknown(w, CMDLINE);
		unknown(w, ARGS);
		return 0;
	}
	bool has_args = first <= length;
	struct line_walk walk = { .id = id };
	if (w->cmdline_state) {
		bpf_loop(16, line_name_step, &walk, 0);
		if (has_args)
			w->cmdline_state = step(w, w->cmdline_state, ' ');
	}
	__u32 which = id;
	w->args_end = LINE_ARGV + length;
	bpf_loop(length, args_step, &which, 0);
	__u32 args = w->args_begin;
	__u32 args_bytes = 0;
	if (args >= LINE_ARGV && args < w->args_end)
		args_bytes = w->args_end - args;
	else
		args = LINE_ARGV;
	if (w->args_state)
		finish(w, w->args_state);
	if (w->cmdline_state)
		finish(w, w->cmdline_state);
	if (args >= LINE_ARGV + ARGS_MAX)
		return 0;
	w->verdict.args_bytes = args_bytes < TEXT_MAX ? args_bytes : TEXT_MAX;
	if (w->verdict.args_bytes)
		bpf_probe_read_kernel(w->verdict.args, TEXT_MAX, &w->line[args]);
	if (wants(w, ARGS))
		look_up(id, ARGS, IN_LINE, args, args_bytes);
	if (wants(w, CMDLINE)) {
		/* put the name right before the arguments: what stood there is not needed any more */
		__u32 named = 0;
		for (int i = 0; i < 16; i++) {
			if (!w->verdict.name[i])
				break;
			named++;
		}
		if (!args_bytes) {
			/* one empty argument leaves a blank at the end, which has no place here */
			if (has_args)
				unknown(w, CMDLINE);
			else
				look_up(id, CMDLINE, IN_NAME, 0, named);
			return 0;
		}
		if (args < LINE_ARGV + 1 || named > 15)
			return 0;
		__u32 place = args - 1 - named;
		if (place >= LINE_ARGV + ARGS_MAX)
			return 0;
		bpf_probe_read_kernel(&w->line[place], named & 15, w->verdict.name);
		place = args - 1;
		if (place >= LINE_ARGV + ARGS_MAX)
			return 0;
		w->line[place] = ' ';
		look_up(id, CMDLINE, IN_LINE, args - 1 - named, args_bytes + 1 + named);
	}
	return 0;
}

static __always_inline bool is_safe(struct file *file)
{
	struct file_key key = {};
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	key.inode = BPF_CORE_READ(inode, i_ino);
	key.device = BPF_CORE_READ(inode, i_sb, s_dev);
	return bpf_map_lookup_elem(&safe, &key) != 0;
}

#define ANCESTORS_MAX 48

struct kin_walk { __u64 task; __u32 id; bool is_whole; };

static long kin_step(__u32 index, struct kin_walk *walk)
{
	struct work *w = work_of(walk->id);
	struct task_struct *task = (void *)walk->task;
	struct task_struct *parent = BPF_CORE_READ(task, real_parent, group_leader);
	if (!w)
		return 1;
	if (!BPF_CORE_READ(parent, tgid)) {
		walk->is_whole = true;
		return 1;
	}
	w->text.slot = (w->hook & 1) * SLOTS + ANCESTOR_NAME;
	__builtin_memset(w->text.text, 0, TEXT_MAX);
	bpf_probe_read_kernel_str(w->text.text, 16, &parent->comm);
	struct bits *found = bpf_map_lookup_elem(&texts, &w->text);
	if (found)
		add(&w->held, found);
	walk->task = (__u64)parent;
	return 0;
}

/* The names of all ancestors; where there are too many, none is known not to be among them. */
__noinline int put_ancestors(__u32 id, __u64 leader)
{
	struct work *w = work_of(id);
	if (!w)
		return 0;
	struct kin_walk walk = { .id = id, .task = leader };
	bpf_loop(ANCESTORS_MAX, kin_step, &walk, 0);
	if (!walk.is_whole)
		unknown(w, ANCESTOR_NAME);
	return 0;
}

/* What is asked of the process: the same for programs and connections. */
static __always_inline void put_process(struct work *w, struct task_struct *task)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	struct task_struct *parent = BPF_CORE_READ(task, real_parent, group_leader);
	struct file *file = BPF_CORE_READ(task, mm, exe_file);
	__u32 id = w->id;
	struct verdict *v = &w->verdict;
	v->time = bpf_ktime_get_boot_ns();
	v->hook = w->hook;
	v->pid = BPF_CORE_READ(task, tgid);
	v->tid = BPF_CORE_READ(task, pid);
	v->ppid = BPF_CORE_READ(parent, tgid);
	v->uid = BPF_CORE_READ(task, cred, euid.val);
	v->failed = 0;
	v->path_bytes = v->args_bytes = 0;
	bpf_core_read(v->name, sizeof(v->name), &leader->comm);
	bpf_core_read(v->parent_name, sizeof(v->parent_name), &parent->comm);
	if (wants(w, NAME))
		put_name(id, NAME);
	/* the first process and the kernel's threads have none */
	if (!v->ppid) {
		unknown(w, PARENT_NAME);
		unknown(w, PARENT_EXE);
	}
	if (wants(w, PARENT_NAME))
		put_name(id, PARENT_NAME);
	if (wants(w, ANCESTOR_NAME))
		put_ancestors(id, (__u64)leader);
	number(w, UID, v->uid);
	if (wants(w, GID))
		number(w, GID, BPF_CORE_READ(task, cred, egid.val));
	if (wants(w, LOGINUID) && bpf_core_field_exists(task->loginuid))
		number(w, LOGINUID, (__s64)(__s32)BPF_CORE_READ(task, loginuid.val));
	if (wants(w, TTY))
		number(w, TTY, BPF_CORE_READ(task, signal, tty) ? 1 : 0);
	if (wants(w, MEMFD) || wants(w, UPPER)) {
		struct inode *inode = BPF_CORE_READ(file, f_inode);
		unsigned long magic = BPF_CORE_READ(inode, i_sb, s_magic);
		char name[8] = {};
		bpf_probe_read_kernel(name, 6, BPF_CORE_READ(file, f_path.dentry, d_name.name));
		bool memfd = magic == TMPFS_MAGIC && !BPF_CORE_READ(inode, i_nlink) && name[0] == 'm' && name[1] == 'e' &&
			     name[2] == 'm' && name[3] == 'f' && name[4] == 'd' && name[5] == ':';
		number(w, MEMFD, memfd);
		bool upper = false;
		if (magic == OVERLAY_MAGIC && bpf_core_type_exists(struct ovl_inode)) {
			struct ovl_inode *overlay = (void *)inode - bpf_core_field_offset(struct ovl_inode, vfs_inode);
			upper = BPF_CORE_READ(overlay, __upperdentry) != 0;
		}
		number(w, UPPER, upper);
	}
	if (wants(w, PARENT_EXE))
		put_exe(id, PARENT_EXE, (__u64)BPF_CORE_READ(parent, mm, exe_file));
	if (wants(w, EXE))
		put_exe(id, EXE, (__u64)file);
}

/* The first conjunction that holds: one more than its place. */
__noinline int decide(__u32 id)
{
	struct work *w = work_of(id);
	__u32 key = w ? w->hook & 1 : 0;
	struct table *table = bpf_map_lookup_elem(&tables, &key);
	if (!w || !table)
		return 0;
	for (__u32 i = 0; i < ALTERNATIVES; i++) {
		if (i >= table->count)
			break;
		struct alternative *a = &table->list[i];
		__u64 wrong = 0;
		for (int j = 0; j < WORDS; j++) {
			wrong |= a->set.word[j] & ~w->held.word[j];
			wrong |= a->clear.word[j] & w->held.word[j];
			wrong |= (a->set.word[j] | a->clear.word[j]) & w->unknown.word[j];
		}
		if (!wrong)
			return i + 1;
	}
	return 0;
}

static __always_inline struct work *begin(__u32 hook)
{
	if (!is_on || bpf_get_current_pid_tgid() >> 32 == self_tgid)
		return 0;
	__u32 key = hook;
	struct table *table = bpf_map_lookup_elem(&tables, &key);
	if (!table || !table->count)
		return 0;
	for (__u32 i = 0; i < 16; i++) {
		__u32 id = (bpf_get_smp_processor_id() * 16 + i) & (WORKS - 1);
		struct work *w = work_of(id);
		if (!w || __sync_val_compare_and_swap(&w->busy, 0, 1))
			continue;
		w->id = id;
		w->hook = hook;
		w->slots = table->slots;
		__builtin_memset(&w->held, 0, sizeof(w->held));
		__builtin_memset(&w->unknown, 0, sizeof(w->unknown));
		return w;
	}
	__sync_fetch_and_add(&undecided, 1);
	return 0;
}

/* What to do; tells it. True where the act is refused. */
static __always_inline bool conclude(struct work *w, struct task_struct *task, int place, bool kill)
{
	__u32 key = w->hook & 1;
	struct table *table = bpf_map_lookup_elem(&tables, &key);
	__u32 index = place - 1;
	if (!table || index >= ALTERNATIVES)
		return false;
	struct file *file = BPF_CORE_READ(task, mm, exe_file);
	/* nobody stops the first process or what a machine is repaired with */
	if (w->verdict.pid == 1 || is_safe(file))
		return false;
	w->verdict.rule = table->list[index].rule;
	w->verdict.dry = table->list[index].dry;
	if (!w->verdict.path_bytes)
		put_exe(w->id, EXE, (__u64)file);
	if (kill && !w->verdict.dry)
		w->verdict.failed = bpf_send_signal(SIGKILL);
	if (bpf_ringbuf_output(&verdicts, &w->verdict, sizeof(w->verdict), 0))
		__sync_fetch_and_add(&lost, 1);
	return !w->verdict.dry;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(judge_program, struct task_struct *unused, int old_pid, struct linux_binprm *bprm)
{
	struct work *w = begin(HOOK_EXEC);
	if (!w)
		return 0;
	struct task_struct *task = (void *)bpf_get_current_task();
	put_process(w, task);
	if (wants(w, ARGS) || wants(w, CMDLINE))
		put_args(w->id, BPF_CORE_READ(task, mm, arg_start), BPF_CORE_READ(task, mm, arg_end));
	int place = decide(w->id);
	if (place > 0)
		conclude(w, task, place, true);
	w->busy = 0;
	return 0;
}

static __always_inline int judge_connection(struct bpf_sock_addr *ctx, __u8 address[16], __u32 family)
{
	struct work *w = begin(HOOK_CONNECT);
	if (!w)
		return 1;
	struct task_struct *task = (void *)bpf_get_current_task();
	put_process(w, task);
	w->verdict.family = family;
	w->verdict.port = bpf_ntohs(ctx->user_port);
	w->verdict.protocol = ctx->protocol;
	__builtin_memcpy(w->verdict.address, address, 16);
	number(w, PORT, w->verdict.port);
	number(w, PROTOCOL, ctx->protocol);
	number(w, FAMILY, family);
	if (wants(w, ADDRESS)) {
		struct address_key key = { .length = 128 };
		__builtin_memcpy(key.address, address, 16);
		struct bits *found = bpf_map_lookup_elem(&addresses, &key);
		if (found)
			add(&w->held, found);
	}
	int place = decide(w->id);
	bool refused = place > 0 && conclude(w, task, place, false);
	w->busy = 0;
	return !refused;
}

SEC("cgroup/connect4")
int judge_connect4(struct bpf_sock_addr *ctx)
{
	__u8 address[16] = { [10] = 0xff, [11] = 0xff };
	__u32 ip = ctx->user_ip4;
	__builtin_memcpy(&address[12], &ip, 4);
	return judge_connection(ctx, address, 2);
}

SEC("cgroup/connect6")
int judge_connect6(struct bpf_sock_addr *ctx)
{
	__u32 words[4] = { ctx->user_ip6[0], ctx->user_ip6[1], ctx->user_ip6[2], ctx->user_ip6[3] };
	__u8 address[16];
	__builtin_memcpy(address, words, 16);
	return judge_connection(ctx, address, 10);
}

